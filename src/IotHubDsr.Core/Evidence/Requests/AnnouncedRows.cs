using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// Lines that put on record what a call is about to destroy. An item has one row, whoever is in it; the subjects are numbers, which say
/// nothing without the registration.
/// </summary>
/// <param name="key">Key of the request.</param>
/// <param name="indexOf">The place of a device in the registration.</param>
internal sealed class AnnouncedRows(RequestKey key, Func<string, int> indexOf)
{
    /// <summary>However many devices or items there are, a line of the journal stays small enough to be written at once.</summary>
    private const int MostRowsOfLine = 2_000;

    private const int LargestLine = 1024 * 1024;

    public IEnumerable<Announced> LinesOf(string locationId, Announcement what)
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
            yield return new Announced(locationId, line);
            (line, length) = ([], 0);
        }

        if (line.Count > 0)
            yield return new Announced(locationId, line);
    }

    private AnnouncedRow ToRow(string locationId, IGrouping<string, AnnouncedItem> item)
    {
        ReplacedContent? replaced = item.First().Replaced;
        return new AnnouncedRow(
            key.Item(locationId, item.Key),
            ETag: replaced?.ETag,
            Kept: replaced?.KeptDigest,
            Shares: AnnouncedShares.Write([
                .. item.GroupBy(one => indexOf(one.DeviceId))
                    .OrderBy(subject => subject.Key)
                    .Select(subject => new AnnouncedShare(subject.Key, subject.Sum(one => one.Records), subject.Sum(one => one.Changes))),
            ])
        );
    }
}
