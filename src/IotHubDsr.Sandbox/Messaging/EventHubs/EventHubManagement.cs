using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>The node $management of event hubs. Its requests bring their token along, as an application property.</summary>
internal static class EventHubManagement
{
    private const string HubType = "com.microsoft:eventhub";
    private const string PartitionType = "com.microsoft:partition";
    private static readonly MessagingRight[] AnyRight = [MessagingRight.Listen, MessagingRight.Send, MessagingRight.Manage];

    public static AmqpMessage Answer(ManagementRequest request, EventHubsNamespace owner, AmqpBroker broker)
    {
        string name = request.Text("name") ?? "";
        Authorize(request, owner, broker, name);
        EventHub hub = owner.Find(name) ?? throw MessagingErrors.NotFound(owner, name);
        return (request.Operation, request.Text("type")) switch
        {
            ("READ", HubType) => Describe(hub),
            ("READ", PartitionType) => Describe(hub, hub.Partition(request.Text("partition") ?? "")),
            (var operation, var type) => throw MessagingErrors.NotSimulated($"{operation} of '{type}'"),
        };
    }

    private static void Authorize(ManagementRequest request, EventHubsNamespace owner, AmqpBroker broker, string name)
    {
        if (request.Text("security_token") is not { Length: > 0 } token)
            throw MessagingErrors.BadToken("MissingToken: A request to $management needs a security_token.");

        TokenClaim claim = broker.Authorizer.VerifyEither(owner, token, $"sb://{owner.HostName}/{name}");
        if (!Array.Exists(AnyRight, right => broker.Authorizer.Allows(owner, claim, name, right)))
            throw MessagingErrors.Unauthorized(owner, name, MessagingRight.Listen);
    }

    private static AmqpMessage Describe(EventHub hub) =>
        AmqpReply.Of(
            200,
            body: AmqpReply.Map(
                ("name", hub.Name),
                ("type", HubType),
                ("created_at", hub.CreatedAt.UtcDateTime),
                ("partition_count", hub.Partitions.Count),
                ("partition_ids", hub.Partitions.Select(partition => partition.Id).ToArray()),
                ("georeplication_factor", 1)
            )
        );

    private static AmqpMessage Describe(EventHub hub, EventPartition partition)
    {
        PartitionState state = partition.State();
        return AmqpReply.Of(
            200,
            body: AmqpReply.Map(
                ("name", hub.Name),
                ("type", PartitionType),
                ("partition", partition.Id),
                ("begin_sequence_number", state.First),
                ("last_enqueued_sequence_number", state.Last),
                ("last_enqueued_offset", state.LastOffset),
                ("last_enqueued_time_utc", state.LastEnqueued.UtcDateTime),
                ("is_partition_empty", state.IsEmpty)
            )
        );
    }
}
