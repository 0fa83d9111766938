namespace IotHubDsr.Sandbox.Control;

/// <summary>POST /sandbox/queues/{account}/{queue}: puts messages, into a new queue when there is none of the name.</summary>
/// <param name="Text">The text, as it stands in the queue.</param>
/// <param name="TimeToLiveSeconds">-1 for ever; as a rule 7 days.</param>
/// <param name="InvisibleSeconds">How long nobody sees them.</param>
/// <param name="Copies">How many of them.</param>
internal sealed record MessageRequest(string Text, int? TimeToLiveSeconds = null, int InvisibleSeconds = 0, int Copies = 1);

/// <summary>A message, as GET /sandbox/queues/{account}/{queue} lists it, whether it can be seen or not.</summary>
internal sealed record ListedMessage(
    string Id,
    string Text,
    int DequeueCount,
    DateTimeOffset Inserted,
    DateTimeOffset Expires,
    DateTimeOffset NextVisible
);

/// <summary>
/// PUT /sandbox/documents/{account}/{database}/{container}: makes a container, with account and database where they are missing.
/// </summary>
internal sealed record ContainerRequest(
    IReadOnlyList<string> PartitionKeyPaths,
    int? DefaultTimeToLive = null,
    int? AnalyticalTimeToLive = null,
    IReadOnlyList<IReadOnlyList<string>>? UniqueKeys = null,
    int Ranges = 1
);

/// <summary>
/// POST /sandbox/documents/{account}: what the owner of an account chooses. Zero days of continuous backup make it periodic.
/// </summary>
internal sealed record CosmosAccountRequest(int? ContinuousBackupDays = null, bool? HasAnalyticalStorage = null, bool? AllowsKeys = null);

/// <summary>POST /sandbox/documents/{account}/{database}/{container}/generated: plants so many messages of the devices, in turn.</summary>
internal sealed record GenerateRequest(int Count, IReadOnlyList<string> Devices);

/// <summary>POST /sandbox/registrations/{service}/{registration ID}: a device comes to a provisioning service.</summary>
/// <param name="Group">The enrollment group whose key or certificate it has; null for none.</param>
internal sealed record RegistrationRequest(string? Group = null);
