using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Evidence.Requests;

/// <summary>
/// How much evidence an erasure can have. What cannot be written, or could not be read again, is known before anything is erased. The sizes
/// are estimates from above, of text without escapes.
/// </summary>
internal static class EvidenceLimits
{
    /// <summary>The line of the registration names all devices, 35 bytes each, and an append blob takes 4 MiB at once.</summary>
    public const int MostDevices = AnnouncedShares.MostSubjects;

    /// <summary>The members of a way without its texts.</summary>
    private const int WayBytes = 80;

    private const int RemarkBytes = 18;

    private const int StepBytes = 360;
    private const int ItemBytes = 80;
    private const int AnnouncedBytes = 420;
    private const int ApartBytes = 20;

    /// <summary>What one device more in an item adds to a line of the journal, or to the items.</summary>
    private const int ShareBytes = 12;

    private const int RunBytes = 12;
    private const int OutcomeBytes = 300;
    private const int DeviceOfGroupBytes = 48;
    private const int LocationBytes = 2_000;
    private const int Overhead = 1 << 20;

    /// <exception cref="DsrException">The plan, or what comes of it, would be larger than what can be read again.</exception>
    public static void Require(ErasurePlan plan)
    {
        int devices = plan.Steps.Select(step => step.DeviceId).Distinct(StringComparer.Ordinal).Count();
        RequireDevices(devices);
        Require(devices, PlanSize(plan), PlanFile.LargestFile, "the plan");
        Require(devices, CertificateSize(plan), CertificateCheck.LargestFile, "the certificate");
    }

    /// <exception cref="DsrException">A request cannot be about so many.</exception>
    public static void RequireDevices(int devices)
    {
        if (devices > MostDevices)
        {
            throw FaultCatalogue.RequestTooLarge.Exception(
                Name(devices),
                $"a request can be about {Counted.Of(MostDevices, "device")}",
                MostDevices
            );
        }
    }

    /// <summary>Bytes that a run of the plan writes: the plan with its items, the journal, the outcome and the certificate.</summary>
    public static long SizeOf(ErasurePlan plan)
    {
        return PlanSize(plan) + ItemsSize(plan) + (2 * CertificateSize(plan)) + Overhead;
    }

    /// <summary>
    /// What the journal and the items that are apart take: an item once, and a few bytes for each device in it. Of items that are held it is
    /// not asked whether devices share them.
    /// </summary>
    private static long ItemsSize(ErasurePlan plan)
    {
        bool isApart = PlanItems.HasAny(plan);
        long size = 0;
        foreach (IGrouping<FindingsFile?, ErasureStep> source in plan.Steps.GroupBy(step => SpooledItems.Of(step.Finding.Items)?.File))
        {
            if (source.Key is { } spool)
                size += spool.Items().Sum(SizeOf) + (2L * ShareBytes * source.Sum(step => (long)step.Finding.Items.Count));
            else
                size += source.Sum(step => SizeOfItems(step.Finding.Items));
        }

        return size;

        long SizeOfItems(IReadOnlyList<SeenItem> items) =>
            UnreadItems.Of(items) is { } unread
                ? unread.Count * (long)(AnnouncedBytes + ApartBytes + (2 * ShareBytes))
                : items.Sum(item => SizeOf(new FoundItem(item.Path, item.ETag)) + (2 * ShareBytes));

        long SizeOf(FoundItem item)
        {
            long apart = isApart ? ApartBytes + (2L * item.Path.Length) + (item.ETag?.Length ?? 0) : 0;
            return AnnouncedBytes + apart;
        }
    }

    private static void Require(int devices, long size, long most, string what)
    {
        if (size <= most)
            return;
        string text = $"{what} would take {ByteSize.Format(size)}, and at most {ByteSize.Format(most)} can be read again";
        throw FaultCatalogue.RequestTooLarge.Exception(Name(devices), text, Math.Max(1, devices * most / size));
    }

    private static string Name(int devices) => $"a request about {Counted.Of(devices, "device")}";

    private static long PlanSize(ErasurePlan plan)
    {
        if (plan.Format != PlanDocument.TableFormat)
            return plan.Steps.Sum(step => StepBytes + (2L * step.DeviceId.Length) + SizeOf(step.Location) + SizeOf(step.Finding.Items));

        // Each location once; then a line for each device of which something was found, and the others by their numbers.
        Func<ErasureStep, bool> isApart = PlanTableWriter.IsApart(plan);
        return plan.Steps.Select(step => step.Location).DistinctBy(location => location.Id, StringComparer.Ordinal).Sum(SizeOf)
            + plan.Steps.Select(step => step.DeviceId).Distinct(StringComparer.Ordinal).Sum(deviceId => deviceId.Length + 3L)
            + plan.Steps.Sum(step =>
                PlanTableWriter.IsOwn(step)
                    ? StepBytes
                        + (2L * step.DeviceId.Length)
                        + step.Location.Kind.Length
                        + step.Location.Place.Length
                        + (isApart(step) ? 0 : SizeOf(step.Finding.Items))
                    : RunBytes
            );
    }

    private static long SizeOf(IReadOnlyList<SeenItem> items) =>
        items.Sum(item => (long)ItemBytes + item.Path.Length + (item.ETag?.Length ?? 0));

    private static long SizeOf(DataLocation location) =>
        location.Id.Length + (2 * (location.Kind.Length + location.Place.Length)) + location.Ways.Sum(SizeOf);

    /// <summary>A way stands there as its sentence and, unless that is all, as what it is made from.</summary>
    private static long SizeOf(DataWay way)
    {
        long sentence = way.Sentence.Length + 3;
        return way.Kind == DataWayKind.Remark ? sentence + RemarkBytes : (2 * sentence) + WayBytes;
    }

    /// <summary>
    /// A device with records of its own to erase has an outcome of its own; the others share theirs. The envelope is base64.
    /// </summary>
    private static long CertificateSize(ErasurePlan plan)
    {
        long erased = plan.Steps.Count(step => step.Action == ErasureAction.Erase);
        long locations = plan.Steps.Select(step => step.Location.Id).Distinct(StringComparer.Ordinal).Count();
        return ((erased * OutcomeBytes) + ((plan.Steps.Count - erased) * DeviceOfGroupBytes) + (locations * LocationBytes) + Overhead)
            / 3
            * 4;
    }
}
