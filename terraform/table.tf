module "table_stream" {
  source = "./modules/table-stream"

  name   = var.table_name
  create = var.create_table
  tags   = var.tags
}
