using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>Answers of request-response nodes. Clients read the status under one of two names, so both are there.</summary>
internal static class AmqpReply
{
    public static AmqpMessage Of(int status, string text = "OK", object? body = null, string? condition = null)
    {
        AmqpMessage reply = body is null ? AmqpMessage.Create() : AmqpMessage.Create(new AmqpValue { Value = body });
        PropertiesMap map = reply.ApplicationProperties.Map;
        map["status-code"] = status;
        map["statusCode"] = status;
        map["status-description"] = text;
        map["statusDescription"] = text;
        if (condition is not null)
        {
            map["error-condition"] = (AmqpSymbol)condition;
            map["errorCondition"] = (AmqpSymbol)condition;
        }

        return reply;
    }

    public static AmqpMessage Of(MessagingRefusal refusal) => Of(refusal.Status, refusal.Message, null, refusal.Condition);

    public static AmqpMap Map(params ReadOnlySpan<(string Key, object? Value)> entries)
    {
        var map = new AmqpMap();
        foreach ((string key, object? value) in entries)
            map[new MapKey(key)] = value;

        return map;
    }
}
