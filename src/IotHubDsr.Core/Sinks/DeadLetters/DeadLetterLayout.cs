using IotHubDsr.Core.Sinks.BlobArchives;

namespace IotHubDsr.Core.Sinks.DeadLetters;

/// <summary>
/// Blobs as Event Grid writes them: <c>SUBSCRIPTION/2026/1/5/8/{guid}.json</c>, each with a name of its own and written once. Subscriptions
/// of several hubs can have the same name: only an event itself tells which hub it comes from.
/// </summary>
internal sealed class DeadLetterLayout(DataLocation location) : ArchiveLayout(location)
{
    public override ArchiveRecords Records => DeadLetterRecords.Events;

    public override bool Concerns(string name) => true;

    /// <summary>
    /// How many folders stand before the year is not promised, and a subscription can be named like one: names narrow nothing.
    /// </summary>
    public override NameTimes TimesOf(string name) => NameTimes.Foreign;

    public override DateTimeOffset? WrittenUntil(string blobName, DateTimeOffset lastWrite) => null;
}
