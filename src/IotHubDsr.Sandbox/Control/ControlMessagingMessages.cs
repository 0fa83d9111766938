namespace IotHubDsr.Sandbox.Control;

/// <summary>
/// POST /sandbox/events/{namespace}/{event hub}: adds so many events of so many devices, called by the prefix and a number. An event hub
/// that
/// is not there is made, with so many partitions and a retention of seven days.
/// </summary>
internal sealed record EventsRequest(int Count, int Devices = 100, int BodyBytes = 300, string DevicePrefix = "gen-", int Partitions = 32);

/// <summary>POST /sandbox/messages/{namespace}/{queue or topic}: adds so many messages of so many devices.</summary>
internal sealed record MessagesRequest(int Count, int Devices = 100, int BodyBytes = 300, string DevicePrefix = "gen-");

/// <summary>
/// GET /sandbox/messaging: what an event hub, queue, subscription or sub-queue holds; and the highest count of deliveries that any of its
/// messages has seen.
/// </summary>
internal sealed record MessagingState(string Namespace, string Entity, int Active, int Locked, int Deferred, int Scheduled, int Deliveries);
