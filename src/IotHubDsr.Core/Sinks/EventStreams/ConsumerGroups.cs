using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>The consumer groups of an event hub are hints: somebody reads in each of them, and can keep copies.</summary>
internal static class ConsumerGroups
{
    /// <summary>What is said of the groups; null when there is none but the one that every event hub has.</summary>
    /// <param name="arm">Reads Azure Resource Manager.</param>
    /// <param name="listing">Lists the groups.</param>
    /// <param name="locations">Takes the reason why they could not be listed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<DataWay?> RemarkAsync(
        ArmReader arm,
        ArmCall listing,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        var groups = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            await foreach (JsonElement group in arm.ListAsync(listing, cancellationToken))
                groups.Add(group.Text("name") ?? "without a name");
        }
        catch (DsrException unread)
        {
            locations.Add([unread.Fault]);
            return DataWay.Remark("its consumer groups could not be listed: who reads there, and can keep copies, is not known");
        }

        groups.Remove(EventHubPlace.DefaultGroup);
        return groups.Count == 0
            ? null
            : DataWay.Remark(
                $"consumer {(groups.Count == 1 ? "group" : "groups")} "
                    + $"{string.Join(", ", groups.Select(static group => $"'{LocationText.Quote(group)}'"))} beside "
                    + $"{EventHubPlace.DefaultGroup}: whoever reads there can keep copies"
            );
    }
}
