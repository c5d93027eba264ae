module "table_stream" {
  source = "./modules/table-stream"

  name        = var.table_name
  create      = var.create_table
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
}
