# The admin API, if it is wanted. Its routes are in admin-api-routes.json, which the local stack reads, too (local/admin-api-routes.ts): for
# each function its routes, and for each route who may call it. They are the routes of the app in src/http; a test compares them.

locals {
  admin_api_routes = jsondecode(file("${path.module}/admin-api-routes.json"))
}

module "admin_api" {
  source = "./modules/admin-api"
  count  = var.admin_api ? 1 : 0

  name               = "${var.name_prefix}smtp-admin-api"
  role_names         = module.admin_roles.role_names
  policy_path        = var.policy_path
  throttling         = var.admin_api_throttling
  log_retention_days = var.log_retention_days
  log_kms_key_arn    = var.log_kms_key_arn
  tags               = var.tags

  functions = {
    for name, routes in local.admin_api_routes : name => {
      arn    = module.functions[name].arn
      name   = module.functions[name].name
      routes = routes
    }
  }
}
