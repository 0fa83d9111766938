using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.ResourceLogArchives;

/// <summary>
/// Logs of resources that data of the hub goes through, such as storage accounts, archived to blob containers. Their rows are not about
/// devices: paths and queries in them can name one.
/// </summary>
internal sealed class ResourceLogArchiveKind : ISinkKind, ILogPlaces
{
    public const string Name = "ResourceLogArchive";

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 232,
            "Archived logs of resources that the hub's data goes through. Paths and queries in them can name a device."
        )
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "The owner of the storage account looks for the device ID in the paths and queries of the PT1H.json blobs, and lets a "
                + "lifecycle rule delete the blobs that hold it.",
        };

    public IReadOnlyCollection<string> SettingMembers { get; } = ["storageAccountId"];

    public Task AddAsync(
        DiagnosticSetting setting,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        if (setting.Of is not null && setting.Properties.Text("storageAccountId") is { } account)
        {
            foreach (string category in setting.Categories)
            {
                string container = DiagnosticSetting.IsGroup(category) ? "insights-logs-*" : $"insights-logs-{category.ToLowerInvariant()}";
                LocationDraft place = setting.To(Name, $"{ArmId.NameIn(account)}/{container}", account, "storage account");
                locations.Add(place with { Ways = [setting.Way with { Carries = [category], Target = "storage account" }] });
            }
        }

        return Task.CompletedTask;
    }
}
