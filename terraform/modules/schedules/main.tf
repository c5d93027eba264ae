# Invokes functions at intervals, with a role of its own.

resource "aws_scheduler_schedule_group" "this" {
  name = var.group_name
  tags = var.tags
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:A schedule holds a name and an interval, no secret; Scheduler encrypts it with its own key.
  for_each = var.schedules

  name                = each.key
  description         = each.value.description
  group_name          = aws_scheduler_schedule_group.this.name
  schedule_expression = each.value.expression

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 5
  }

  target {
    arn      = each.value.function_arn
    role_arn = aws_iam_role.this.arn
    # Not jsonencode(), which writes < as \u003c: Scheduler would not recognize its keywords.
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    input = "{\"id\":\"<aws.scheduler.execution-id>\",\"time\":\"<aws.scheduler.scheduled-time>\"}"

    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 3
    }

    dead_letter_config {
      arn = var.failure_queue_arn
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  path                 = var.role_path
  description          = "Role by which EventBridge Scheduler calls the functions of the group ${var.group_name}"
  permissions_boundary = var.role_permissions_boundary_arn == "" ? null : var.role_permissions_boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = var.account_id
          "aws:SourceArn"     = "arn:${var.partition}:scheduler:${var.region}:${var.account_id}:schedule-group/${var.group_name}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = var.role_name
  role   = aws_iam_role.this.id
  policy = var.policy
}
