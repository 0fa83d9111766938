using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Topology;

/// <summary>What a kind of place is, as data: all that is said and decided of a kind outside of its own folder comes from here.</summary>
/// <param name="Kind">Name of the kind, as <see cref="DataLocation.Kind"/> has it.</param>
/// <param name="Position">Where the kind stands among the others, wherever several are listed; each kind has its own.</param>
/// <param name="Summary">What the places hold, and what is done there, in a few sentences.</param>
internal sealed record PlaceDescription(string Kind, int Position, string Summary)
{
    /// <summary>How a location file names a place of the kind.</summary>
    public PlaceForm Form { get; init; } = PlaceForm.Named;

    /// <summary>What the rest of the module has to know of the places.</summary>
    public PlaceTraits Traits { get; init; }

    /// <summary>The verdict that holds for every device as long as nothing reads places of the kind.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>
    /// Who has to do what as long as nothing reads places of the kind. <c>{retention}</c> stands for when records leave by themselves.
    /// </summary>
    public required string Advice { get; init; }

    /// <summary>What can be done there.</summary>
    public LocationCapabilities Capabilities { get; init; }

    /// <summary>When it is its turn to be erased from.</summary>
    public ErasureStage Stage { get; init; } = ErasureStage.Logs;

    /// <summary>Whether one read of a place serves all devices; if not, it is read as each device arrives.</summary>
    public bool IsShared { get; init; }

    /// <summary>By what records that are asked for can be told from others of the same device.</summary>
    public Narrowing Understands { get; init; }

    /// <summary>How it is erased from, for a certificate: a sentence without personal data.</summary>
    public string Method { get; init; } = string.Empty;

    /// <summary>How it is read for a verdict, for a certificate: a sentence without personal data.</summary>
    public string Reading { get; init; } = string.Empty;

    /// <summary>
    /// Who does what about records that a sink finds and leaves alone, for a certificate and a report: a sentence without personal data. The
    /// hub's own operator is meant wherever it is set; null where nobody can tell whose the records are that are left.
    /// </summary>
    public string? LeftToOperator { get; init; }

    /// <summary>The roles of <c>module/Roles</c> that what can be done takes, least first.</summary>
    public IReadOnlyList<string> Permissions =>
        [
            .. Capabilities.HasFlag(LocationCapabilities.Find) ? (string[])[$"Read-{Kind}"] : [],
            .. Capabilities.HasFlag(LocationCapabilities.Erase) ? (string[])[$"Erase-{Kind}"] : [],
        ];

    public bool Is(PlaceTraits trait) => (Traits & trait) == trait;
}

/// <summary>How a location file names a place.</summary>
internal enum PlaceForm
{
    /// <summary>In words.</summary>
    Named,

    /// <summary>By the address of a blob container.</summary>
    Container,

    /// <summary>Not at all: it is a part of the connected hub, and a second one would be read as if it were the first.</summary>
    OfHub,
}

/// <summary>What the rest of the module has to know of a kind of place.</summary>
[Flags]
internal enum PlaceTraits
{
    None = 0,

    /// <summary>It holds the identity of a device: as long as it is there, the device goes on sending.</summary>
    HoldsIdentity = 1,

    /// <summary>It holds what waits for a device; emptying it takes an operation of the hub for each.</summary>
    WaitsForDevice = 2,

    /// <summary>Records of many devices, and of several hubs, lie together in its blobs; some of them may be excluded.</summary>
    MixesHubs = 4,

    /// <summary>Names of blobs begin with the ID of a device and hold no hub.</summary>
    HasDeviceFolders = 8,

    /// <summary>The operator can vouch that the place is one hub's alone, and other hubs' settings are searched for it.</summary>
    MayBeDedicated = 16,

    /// <summary>Names of blobs follow the formats of a routing endpoint.</summary>
    HasNameFormats = 32,

    /// <summary>Names of its places that differ by case alone are two places.</summary>
    HasCase = 64,

    /// <summary>The hub itself keeps what is there.</summary>
    IsInHub = 128,

    /// <summary>It is read in consumer groups, and the operator can name the one to use.</summary>
    HasConsumerGroups = 256,

    /// <summary>
    /// Not everything there tells which hub it comes from: where other hubs cannot be listed, nobody knows whose it is.
    /// </summary>
    LeavesHubOpen = 512,

    /// <summary>
    /// Messages wait there for receivers: taking one out before that counts as a delivery of those before it, which takes a consent of its
    /// own.
    /// </summary>
    DeliversToReceivers = 1024,

    /// <summary>What is there is in the hands of a recipient: as long as nothing reads it, they are asked in writing.</summary>
    HasRecipient = 2048,

    /// <summary>Its owner can have what arrives there forwarded to another place of the same namespace, which comes first in its name.</summary>
    ForwardsWithinNamespace = 4096,

    /// <summary>Its service creates devices in the hub: one that was deleted there can come back through it.</summary>
    CreatesDevices = 8192,

    /// <summary>A column of it holds the device ID, and the operator can name the one to use.</summary>
    NamesDeviceInColumn = 16384,

    /// <summary>
    /// Jobs of the hub name its blobs: in a container that takes other things as well, only these are read there, and they are not read as
    /// anything else.
    /// </summary>
    HasNamedBlobs = 32768,
}

/// <summary>The order in which places are erased from: what would write new traces comes before what they are written to.</summary>
internal enum ErasureStage
{
    /// <summary>What keeps the device from coming back.</summary>
    Return,

    /// <summary>What waits for the device.</summary>
    Queues,

    /// <summary>The device itself.</summary>
    Identity,

    /// <summary>Where its data was sent.</summary>
    Sinks,

    /// <summary>Where everything above leaves rows.</summary>
    Logs,
}
