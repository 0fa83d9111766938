using System.Text.Json;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// The items of a plan that are too many to stand in it, as a file of their own: binary, for each location the devices and then its
/// documents or blobs, each once with a few bytes per device in it. The plan binds them by number and digest, against which they are
/// checked when they are read.
/// </summary>
internal static class PlanItems
{
    private const int LargestFrame = 64 * 1024 * 1024;
    private const int Buffer = 64 * 1024;

    private static ReadOnlySpan<byte> Mark => "IotHubDsr items 1\n"u8;

    /// <summary>Whether some items of a plan stand in a file beside it.</summary>
    public static bool HasAny(ErasurePlan plan) => plan.Steps.Any(PlanTableWriter.IsApart(plan));

    /// <summary>Whether items of a plan were not read.</summary>
    public static bool AreMissing(ErasurePlan plan) => plan.Steps.Any(step => UnreadItems.Of(step.Finding.Items) is not null);

    public static void Write(ErasurePlan plan, Stream file)
    {
        var buffered = new BufferedStream(file, Buffer);
        buffered.Write(Mark);
        var frame = new SpoolBytes();
        foreach (
            IGrouping<string, ErasureStep> location in plan
                .Steps.Where(PlanTableWriter.IsApart(plan))
                .GroupBy(step => step.Location.Id, StringComparer.Ordinal)
        )
        {
            foreach (IGrouping<FindingsFile?, ErasureStep> source in location.GroupBy(step => SpooledItems.Of(step.Finding.Items)?.File))
                Write(location.Key, [.. source], source.Key, frame, buffered);
        }

        buffered.WriteByte(0);
        buffered.Flush();
    }

    /// <summary>The plan with its items.</summary>
    /// <param name="plan">The plan as it was read.</param>
    /// <param name="place">The file, for a person to find it.</param>
    /// <param name="file">Its content.</param>
    /// <exception cref="DsrException">They are not the items that the plan binds.</exception>
    public static ErasurePlan Read(ErasurePlan plan, string place, Stream file)
    {
        try
        {
            var unread = plan
                .Steps.Where(step => UnreadItems.Of(step.Finding.Items) is not null)
                .ToDictionary(step => (step.DeviceId, step.Location.Id), step => UnreadItems.Of(step.Finding.Items)!.Count);
            Dictionary<(string DeviceId, string LocationId), IReadOnlyList<SeenItem>> items = Read(file, unread);
            return plan with
            {
                Steps =
                [
                    .. plan.Steps.Select(step =>
                        UnreadItems.Of(step.Finding.Items) is { } unread
                            ? step with
                            {
                                Finding = step.Finding with { Items = Require(step, unread, items) },
                            }
                            : step
                    ),
                ],
            };
        }
        catch (Exception exception)
            when (exception is FormatException or ArgumentException or OverflowException or EndOfStreamException or JsonException)
        {
            throw new DsrException(FaultCatalogue.InvalidPlan.For(place, exception.Message), exception);
        }
    }

    private static IReadOnlyList<SeenItem> Require(
        ErasureStep step,
        UnreadItems unread,
        Dictionary<(string DeviceId, string LocationId), IReadOnlyList<SeenItem>> items
    ) =>
        items.TryGetValue((step.DeviceId, step.Location.Id), out IReadOnlyList<SeenItem>? read)
        && read.Count == unread.Count
        && ItemsDigest.Of(read) == unread.Digest
            ? read
            : throw new FormatException($"The items of device '{step.DeviceId}' in {step.Location} are not those of the plan.");

    private static void Write(string locationId, List<ErasureStep> steps, FindingsFile? source, SpoolBytes frame, Stream to)
    {
        frame.Clear();
        frame.Text(locationId);
        frame.Number(steps.Count);
        foreach (ErasureStep step in steps)
            frame.Text(step.DeviceId);
        WriteFrame(frame, to);
        foreach ((FoundItem item, FoundShare[] shares) in source is null ? OfLists(steps) : OfSpool(steps, source))
        {
            frame.Clear();
            SpoolEntry.Write(frame, item, shares);
            WriteFrame(frame, to);
        }

        to.WriteByte(0);
    }

    private static void WriteFrame(SpoolBytes frame, Stream to)
    {
        Span<byte> length = stackalloc byte[10];
        to.Write(length[..SpoolBytes.Number(frame.Count, length)]);
        to.Write(frame.Written);
    }

    /// <summary>What of a spool concerns the steps. What a plan does not keep is left out, so that the same plan has the same items.</summary>
    private static IEnumerable<(FoundItem Item, FoundShare[] Shares)> OfSpool(List<ErasureStep> steps, FindingsFile source)
    {
        Dictionary<int, int> subjects = [];
        foreach ((int index, ErasureStep step) in steps.Select((step, index) => (index, step)))
            subjects[SpooledItems.Of(step.Finding.Items)!.Subject] = index;
        foreach ((FoundItem item, FoundShare[] shares) in source.Entries())
        {
            FoundShare[] own =
            [
                .. shares
                    .Where(share => subjects.ContainsKey(share.Subject))
                    .Select(share => new FoundShare(subjects[share.Subject], share.Records, share.Bytes))
                    .OrderBy(share => share.Subject),
            ];
            if (own.Length > 0)
                yield return (new FoundItem(item.Path, item.ETag) { IsOldCopy = item.IsOldCopy }, own);
        }
    }

    /// <summary>As from a spool: each item once, so that it does not show how the items were held.</summary>
    private static IEnumerable<(FoundItem Item, FoundShare[] Shares)> OfLists(List<ErasureStep> steps) =>
        steps
            .SelectMany(
                (step, index) =>
                    step.Finding.Items.Select(item =>
                        (
                            Item: new FoundItem(item.Path, item.ETag) { IsOldCopy = item.IsOldCopy },
                            Share: new FoundShare(index, item.Records, item.Bytes)
                        )
                    )
            )
            .GroupBy(entry => entry.Item, entry => entry.Share)
            .OrderBy(item => item.Key.Path, StringComparer.Ordinal)
            .ThenBy(item => item.Key.ETag, StringComparer.Ordinal)
            .Select(item => (item.Key, item.OrderBy(share => share.Subject).ToArray()));

    /// <param name="file">The content of the file.</param>
    /// <param name="unread">How many items each step has: there is nothing else in the file, and nothing else is stored.</param>
    private static Dictionary<(string DeviceId, string LocationId), IReadOnlyList<SeenItem>> Read(
        Stream file,
        Dictionary<(string DeviceId, string LocationId), int> unread
    )
    {
        var buffered = new BufferedStream(file, Buffer);
        byte[] mark = new byte[Mark.Length];
        buffered.ReadExactly(mark);
        if (!mark.AsSpan().SequenceEqual(Mark))
            throw new FormatException("The format of the items is unknown.");
        Dictionary<(string, string), IReadOnlyList<SeenItem>> items = [];
        while (ReadFrame(buffered) is { } head)
        {
            (string locationId, string[] devices) = ReadHead(head, unread.Count);
            long left = 0;
            foreach (string deviceId in devices)
            {
                if (!unread.Remove((deviceId, locationId), out int count))
                    throw new FormatException("There are items of which the plan does not say that they are here.");
                left += count;
            }

            using var spool = new FindingsSpool(devices.Length);
            while (ReadFrame(buffered) is { } frame)
            {
                left -= AddTo(spool, frame, devices.Length);
                if (left < 0)
                    throw new FormatException("There are more items than the plan has.");
            }

            FindingsFile found = spool.Complete();
            foreach ((int index, string deviceId) in devices.Select((deviceId, index) => (index, deviceId)))
                items.Add((deviceId, locationId), found.ItemsOf(index));
        }

        return buffered.ReadByte() < 0 ? items : throw new FormatException("There is more than the items.");
    }

    private static (string LocationId, string[] Devices) ReadHead(byte[] frame, int most)
    {
        var head = new SpoolReader(frame);
        string locationId = head.Text();
        string[] devices = new string[head.Count(most)];
        for (int index = 0; index < devices.Length; index++)
            devices[index] = head.Text();
        return (locationId, devices);
    }

    /// <returns>How many of the steps' items it is.</returns>
    private static int AddTo(FindingsSpool spool, byte[] frame, int devices)
    {
        var entry = new SpoolReader(frame);
        FoundItem item = SpoolEntry.ReadItem(ref entry, out SpoolEntry.TimeScale scale);
        SpoolEntry.ScaledShare[] shares = SpoolEntry.ReadShares(ref entry, devices);
        bool isAsWritten =
            item is { Length: 0, ContentEncoding: null }
            && scale == new SpoolEntry.TimeScale(0, 1)
            && entry.Left == 0
            && shares.All(share => share is { FirstTime: 0, LastTime: 0 });
        if (!isAsWritten)
            throw new FormatException("The items say more than a plan keeps.");
        spool.Add(item, [.. shares.Select(share => new FoundShare(share.Subject, share.Records, share.Bytes))]);
        return shares.Length;
    }

    /// <summary>Null at the end of a part.</summary>
    private static byte[]? ReadFrame(Stream from)
    {
        long length = 0;
        for (int shift = 0; ; shift += 7)
        {
            int next = from.ReadByte();
            if (next < 0 || shift > 28)
                throw new FormatException("The items end too early.");
            length |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
                break;
        }

        if (length == 0)
            return null;
        if (length > LargestFrame)
            throw new FormatException("A part of the items is too large.");
        byte[] frame = new byte[length];
        from.ReadExactly(frame);
        return frame;
    }
}
