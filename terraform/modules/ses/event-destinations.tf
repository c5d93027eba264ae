# Destinations of SES's events. A configuration set can have ten.

locals {
  topic_events = {
    sends      = ["SEND"]
    deliveries = ["DELIVERY"]
    bounces    = ["BOUNCE"]
    complaints = ["COMPLAINT"]
    rejects    = ["REJECT", "RENDERING_FAILURE"]
  }
  # All events except opens and clicks, which would need tracking links and images.
  all_events = ["SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "RENDERING_FAILURE", "DELIVERY_DELAY"]
}

resource "aws_sesv2_configuration_set_event_destination" "topic" {
  for_each = local.topic_events

  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = each.key

  event_destination {
    enabled              = true
    matching_event_types = each.value

    sns_destination {
      topic_arn = var.topic_arns[each.key]
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "event_bus" {
  count = var.publish_to_event_bus ? 1 : 0

  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "event-bus"

  event_destination {
    enabled              = true
    matching_event_types = local.all_events

    # SES supports only the default bus.
    event_bridge_destination {
      event_bus_arn = "arn:${var.partition}:events:${var.region}:${var.account_id}:event-bus/default"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "metrics" {
  count = var.publish_metrics ? 1 : 0

  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "metrics"

  event_destination {
    enabled              = true
    matching_event_types = local.all_events

    cloud_watch_destination {
      dimension_configuration {
        # A tag that SES itself sets on each mail. A dimension by caller would cost seven metrics per credential.
        dimension_name          = "ses:configuration-set"
        dimension_value_source  = "MESSAGE_TAG"
        default_dimension_value = "none"
      }
    }
  }
}
