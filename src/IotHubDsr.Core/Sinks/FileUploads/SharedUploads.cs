using System.Text.RegularExpressions;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.FileUploads;

/// <summary>
/// Containers that several hubs may upload to. Azure's names of uploaded files begin with the device ID and hold no hub: another hub's
/// device of the same ID has its files in the same folder, and nothing of that folder is known to be the subject's. Nor is it where
/// archives of many devices lie in the folder, because the device is named as their path begins.
/// </summary>
internal static partial class SharedUploads
{
    /// <summary>Why what was found may be others'; null when it is the subject's.</summary>
    public static string? Ground(DeviceDataFinding found) =>
        SharedPlace.Ground(found.Location)
        ?? (
            HoldsArchives(found, found.Location.Settings.GetValueOrDefault(LocationSettings.ArchiveHubNames)?.Split('\n') ?? [])
                ? "The folder of this ID has blobs that are named like archives of many devices"
                : null
        );

    /// <summary>
    /// What was found, as the subject's where it is known to be. Where there is nothing of an ID there is nothing of the subject.
    /// </summary>
    public static DeviceDataFinding Judge(DeviceDataFinding found) =>
        found.Items.Count == 0 || Ground(found) is not { } ground
            ? found
            : new DeviceDataFinding
            {
                DeviceId = found.DeviceId,
                GenerationId = found.GenerationId,
                Location = found.Location,
                Verdict = found.Verdict is Verdict.Unreachable or Verdict.Unknown ? found.Verdict : Verdict.OwnerAction,
                Detail =
                    $"{ground}. {Counted.Of(found.RecordCount, "file")} of the device ID can be "
                    + $"{(SharedPlace.Ground(found.Location) is null ? "other devices'" : "another hub's")} and "
                    + $"{(found.RecordCount == 1 ? "is" : "are")} neither erased nor exported. The person responsible for "
                    + $"{found.Location.Place} must find out whose "
                    + (found.RecordCount == 1 ? "it is" : "they are")
                    + (
                        SharedPlace.Ground(found.Location) is null
                            ? " and delete the device's by hand."
                            : "; if no other hub uses the container, say so with -DedicatedContainer of Connect-IotHubDsr or in the "
                                + "location file, and plan again."
                    ),
            };

    /// <summary>
    /// Whether any blob is named as a hub, Event Grid or Azure Monitor names an archive. Every name of a hub's archive holds the hub's; a
    /// container that is not known to take archives can hold those of an endpoint that was removed, which nobody names any more.
    /// </summary>
    private static bool HoldsArchives(DeviceDataFinding found, string[] hubs) =>
        found.Items.Any(item =>
            Array.Exists(hubs, hub => hub.Length > 0 && BlobNameFormat.Holds(item.Path, hub))
            || item.Path.StartsWith("resourceId=", StringComparison.OrdinalIgnoreCase)
            || (hubs.Length > 0 && DeadLetterName().IsMatch(item.Path))
            || DefaultName().IsMatch(item.Path)
        );

    /// <summary>{iothub}/{partition}/{YYYY}/{MM}/{DD}/{HH}/{mm}: the default format of an endpoint.</summary>
    [GeneratedRegex(@"^[^/]+/\d{1,3}/\d{4}/\d{2}/\d{2}/\d{2}/\d{2}(\.[a-z]+)?(\?|$)", RegexOptions.CultureInvariant)]
    private static partial Regex DefaultName();

    [GeneratedRegex(@"/\d{4}/\d{1,2}/\d{1,2}/\d{1,2}/[^/]+\.json", RegexOptions.CultureInvariant)]
    private static partial Regex DeadLetterName();

    public static ExportCompleteness LineOf(DeviceDataFinding finding) =>
        new()
        {
            DeviceId = finding.DeviceId,
            LocationId = finding.Location.Id,
            Kind = finding.Location.Kind,
            Place = finding.Location.Place,
            Verdict = finding.Verdict,
            Ground = finding.Detail,
        };
}
