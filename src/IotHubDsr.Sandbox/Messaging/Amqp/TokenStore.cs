using Microsoft.Azure.Amqp;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>The node $cbs: clients put their tokens there before they attach a link, and again before the tokens end.</summary>
internal static class TokenStore
{
    public static AmqpMessage Put(ManagementRequest request, AmqpBroker broker, MessagingNamespace owner)
    {
        if (request.Operation != AmqpFaults.PutToken)
            throw MessagingErrors.NotSimulated($"the operation '{request.Operation}' of $cbs");

        string audience = request.Text("name") ?? throw new MessagingRefusal(400, MessagingErrors.ArgumentError, "'name' is missing.");
        string token = request.Message.ValueBody?.Value as string ?? "";
        TokenClaim claim = broker.Authorizer.Verify(owner, request.Text("type") ?? "", token, audience);
        if (broker.Faults.TokenLifetime(request.Connection) is { } lifetime)
            claim = claim with { Expires = broker.Authorizer.Now + lifetime };

        request.Connection.Claims.Add(audience, claim);
        return AmqpReply.Of(202, "Accepted");
    }
}
