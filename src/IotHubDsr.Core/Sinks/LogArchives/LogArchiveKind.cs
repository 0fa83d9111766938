using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobArchives;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.LogArchives;

/// <summary>Logs that Azure Monitor archives (insights-logs-*). Erased by replacing blobs of hours that have ended.</summary>
internal sealed class LogArchiveKind : ISinkKind, ILogPlaces, IOnwardPlaces
{
    public const string Name = "LogArchive";

    public PlaceDescription Description { get; } =
        new(Name, Position: 230, "Logs that Azure Monitor archives (insights-logs-*). Erased by replacing blobs of hours that have ended.")
        {
            Form = PlaceForm.Container,
            Traits = PlaceTraits.MixesHubs,
            Capabilities = LocationCapabilities.Find | LocationCapabilities.Export | LocationCapabilities.Erase,
            Stage = ErasureStage.Logs,
            IsShared = true,
            // Rows do not tell which incarnation of a device ID they are about.
            Understands = Narrowing.Time | Narrowing.Mentioned,
            Method =
                "The rows were taken out of the blobs of hours that have ended, under the ETags that were read; the rows of other devices were "
                + "kept byte for byte.",
            Reading = ArchiveSink.Reading,
            Verdict = Verdict.OwnerAction,
            Advice =
                "This version does not read it: the owner of the storage account looks for the device ID in the hub's "
                + "PT1H.json blobs; each holds rows of other devices as well.",
        };

    public IReadOnlyCollection<string> SettingMembers { get; } = ["storageAccountId"];

    public string Part => "data export rules";

    public Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    ) => new ExportDiscovery(context, hub, locations).AddAsync(found, cancellationToken);

    public Sink Open(SinkServices services) => Sink.Of(Description, new LogArchiveSink(services.Containers, services.Time));

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    ) =>
        setting is { Of: null } && setting.Properties.Text("storageAccountId") is { } account
            ? new LogArchiveDiscovery(context.Accounts, hub.Name, setting, locations).AddAsync(account, cancellationToken)
            : Task.CompletedTask;
}
