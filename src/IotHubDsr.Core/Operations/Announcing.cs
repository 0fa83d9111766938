using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Operations;

/// <summary>
/// Puts on record what a call is about to destroy, and tells after a crash what of it is gone. An item has one row, whoever is in it; the
/// subjects are numbers, which say nothing without the registration.
/// </summary>
internal sealed class Announcing(OpenRequest open)
{
    /// <summary>However many devices or items there are, a line of the journal stays small enough to be written at once.</summary>
    private const int MostRowsOfLine = 2_000;

    private const int LargestLine = 1024 * 1024;

    private readonly Lazy<Dictionary<string, int>> _indices = new(() =>
        open.DeviceIds.ToDictionary(
            deviceId => deviceId,
            deviceId => open.State.Subjects[open.Key.Subject(deviceId)],
            StringComparer.Ordinal
        )
    );

    /// <summary>The place of a device in the registration.</summary>
    public int IndexOf(string deviceId) => _indices.Value[deviceId];

    public async ValueTask AnnounceAsync(string locationId, Announcement what, CancellationToken cancellationToken)
    {
        List<AnnouncedRow> line = [];
        int length = 0;
        foreach (IGrouping<string, AnnouncedItem> item in what.Items.GroupBy(item => item.Path, StringComparer.Ordinal))
        {
            AnnouncedRow row = ToRow(locationId, item);
            length += row.Shares!.Length;
            line.Add(row);
            if (line.Count < MostRowsOfLine && length < LargestLine)
                continue;
            await open.Journal.AppendAsync(new Announced(locationId, line), cancellationToken);
            (line, length) = ([], 0);
        }

        if (line.Count > 0)
            await open.Journal.AppendAsync(new Announced(locationId, line), cancellationToken);
    }

    /// <summary>What an earlier run announced and is not there any more was erased by it; by index of the subject.</summary>
    /// <param name="locationId">The location.</param>
    /// <param name="there">What is there now, each item with the device of whom.</param>
    public IReadOnlyDictionary<int, AnnouncedWork> GoneOf(string locationId, IEnumerable<(string DeviceId, string Path)> there)
    {
        Announcements announced = open.State.Of(locationId).Announced;
        return announced.IsEmpty
            ? new Dictionary<int, AnnouncedWork>()
            : announced.Gone(there.Select(one => (open.Key.Item(locationId, one.Path), IndexOf(one.DeviceId))));
    }

    private AnnouncedRow ToRow(string locationId, IGrouping<string, AnnouncedItem> item)
    {
        ReplacedContent? replaced = item.First().Replaced;
        return new AnnouncedRow(
            open.Key.Item(locationId, item.Key),
            ETag: replaced?.ETag,
            Kept: replaced?.KeptDigest,
            Shares: AnnouncedShares.Write([
                .. item.GroupBy(one => IndexOf(one.DeviceId))
                    .OrderBy(subject => subject.Key)
                    .Select(subject => new AnnouncedShare(subject.Key, subject.Sum(one => one.Records), subject.Sum(one => one.Changes))),
            ])
        );
    }
}
