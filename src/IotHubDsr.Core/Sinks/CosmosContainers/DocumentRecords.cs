using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.CosmosContainers;

/// <summary>The records of an export of Cosmos DB containers.</summary>
internal static class DocumentRecords
{
    public const string FileName = "documents";

    private const string Export = "this export";
    private const string Hub = "the IoT hub, as it wrote the message to the container";
    private const string Sender = "the sender of the message";
    private const string Cosmos = "Cosmos DB";

    public static RecordKind Documents { get; } =
        new(
            "stored-document",
            "A message that the hub wrote to a container of Cosmos DB. One about several of the devices appears once for each.",
            [
                RecordKind.DeviceId,
                RecordKind.Attribution,
                new("partitionKey", FieldType.Text, "Values of its partition key, as a JSON array; {} is none.", Cosmos)
                {
                    IsRequired = true,
                },
                new("id", FieldType.Text, "Its ID, which no other document of the partition key has.", Cosmos) { IsRequired = true },
                new("document", FieldType.Object, "The document.", Hub)
                {
                    IsRequired = true,
                    Fields =
                    [
                        new("Properties", FieldType.Object, "Properties set by the sending application or added by the route.", Sender),
                        new("SystemProperties", FieldType.Object, "Properties set by the hub."),
                        new("iothub-name", FieldType.Text, "Name of the hub."),
                        new("Body", FieldType.Any, "The body: JSON if the sender declared it as JSON, otherwise base64.", Sender),
                        new("UnreadableRecord", FieldType.Text, "The whole document as text, if no reader should be made to read it."),
                    ],
                },
                new("decodedBody", FieldType.Any, "What the body is where it is base64 of JSON or of a text; absent otherwise.", Export),
            ]
        );
}
