using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Messaging;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.EventStreams;

/// <summary>
/// The consumer groups of an event hub in which no known consumer reads are hints: somebody else does, and can keep copies.
/// </summary>
internal static class ConsumerGroups
{
    /// <summary>
    /// What is said of the groups; null when there is none but the one that every event hub has, and those of consumers that are known.
    /// </summary>
    /// <param name="source">The event hub, as <see cref="GroupUse.Source"/> names it.</param>
    /// <param name="hub">The hub.</param>
    /// <param name="context">What is read with.</param>
    /// <param name="listing">Lists the groups.</param>
    /// <param name="locations">Takes the reason why they could not be listed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<DataWay?> RemarkAsync(
        string source,
        HubDescription hub,
        DiscoveryContext context,
        ArmCall listing,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        var groups = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            await foreach (JsonElement group in context.Arm.ListAsync(listing, cancellationToken))
                groups.Add(group.Text("name") ?? "without a name");
        }
        catch (DsrException unread)
        {
            locations.Add([unread.Fault]);
            return DataWay.Remark("its consumer groups could not be listed: who reads there, and can keep copies, is not known");
        }

        groups.Remove(EventHubPlace.DefaultGroup);
        if (groups.Count > 0)
        {
            IReadOnlyList<GroupUse>[] known = await Task.WhenAll(
                context.GroupReaders.Select(readers => readers.ListAsync(hub, context, cancellationToken))
            );
            groups.ExceptWith(
                known
                    .SelectMany(static uses => uses)
                    .Where(use => use.Source.Equals(source, StringComparison.OrdinalIgnoreCase))
                    .Select(static use => use.Group)
            );
        }

        return groups.Count == 0
            ? null
            : DataWay.Remark(
                $"consumer {(groups.Count == 1 ? "group" : "groups")} "
                    + $"{string.Join(", ", groups.Select(static group => $"'{LocationText.Quote(group)}'"))} beside "
                    + $"{EventHubPlace.DefaultGroup}: whoever reads there can keep copies"
            );
    }
}
