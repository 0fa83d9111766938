using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Writes the locations of a plan with their steps: a line for each device of which something was found, and one for all the others of
/// which the same is said. Where items are many, their number and digest stand for them.
/// </summary>
internal static class PlanTableWriter
{
    /// <summary>So many items of all steps together stand in the plan itself.</summary>
    private const int MostItems = 2_000;

    /// <summary>Of a plan with more items, those of a step that has no more than this.</summary>
    private const int FewItems = 8;

    /// <summary>Whether the items of a step stand in a file beside the plan.</summary>
    /// <param name="plan">The plan.</param>
    public static Func<ErasureStep, bool> IsApart(ErasurePlan plan)
    {
        long all = plan.Format == PlanDocument.TableFormat ? plan.Steps.Sum(step => (long)step.Finding.Items.Count) : 0;
        return step => all > MostItems && step.Finding.Items.Count > FewItems;
    }

    /// <summary>Whether a device has a line of its own.</summary>
    public static bool IsOwn(ErasureStep step) =>
        step.Action != ErasureAction.None || step.Finding.Items.Count > 0 || step.Finding.GenerationId is not null;

    public static void Write(PlanTable table, CanonicalWriter writer)
    {
        Func<ErasureStep, bool> isApart = IsApart(table.Plan);
        writer.StartArray();
        for (int location = 0; location < table.Locations.Count; location++)
        {
            int column = location;
            PlanWriter.Write(table.Locations[location], writer, () => WriteSteps(table, column, isApart, writer));
        }

        writer.EndArray();
    }

    private static void WriteSteps(PlanTable table, int location, Func<ErasureStep, bool> isApart, CanonicalWriter writer)
    {
        var shared = new Dictionary<object, List<int>>();
        for (int device = 0; device < table.Devices.Count; device++)
        {
            ErasureStep step = table.At(device, location);
            if (IsOwn(step))
                continue;
            if (!shared.TryGetValue(Said(step), out List<int>? concerned))
                shared[Said(step)] = concerned = [];
            concerned.Add(device);
        }

        writer.Name("steps");
        writer.StartArray();
        for (int device = 0; device < table.Devices.Count; device++)
        {
            ErasureStep step = table.At(device, location);
            if (IsOwn(step))
                Write(step, isApart(step), devices: null, writer);
            else if (shared[Said(step)] is var concerned && concerned[0] == device)
                Write(step, isApart: false, concerned, writer);
        }

        writer.EndArray();
    }

    private static object Said(ErasureStep step) =>
        (
            step.Finding.ByteCount,
            step.Finding.OldCopyCount,
            step.Finding.IsCounted,
            step.Finding.RecordCount,
            step.Finding.RelayedCount,
            step.Finding.Verdict
        );

    private static void Write(ErasureStep step, bool isApart, List<int>? devices, CanonicalWriter writer)
    {
        DeviceDataFinding finding = step.Finding;
        writer.StartObject();
        writer.Member("action", step.Action.ToString());
        writer.Member("bytes", finding.ByteCount);
        if (devices is null)
            writer.Member("device", step.DeviceId);
        else
            WriteRuns("devices", devices, writer);
        if (devices is null)
            writer.Member("generationId", finding.GenerationId);
        if (isApart)
        {
            writer.Member("itemCount", finding.Items.Count);
            writer.Member("itemsDigest", ItemsDigest.Of(finding.Items));
        }
        else if (finding.Items.Count > 0)
        {
            writer.Name("items");
            ItemsDigest.Write(finding.Items, writer);
        }

        writer.Member("oldCopyRecords", finding.OldCopyCount);
        writer.Member("records", finding.IsCounted ? finding.RecordCount : (long?)null);
        writer.Member("relayedRecords", finding.RelayedCount);
        writer.Member("summary", devices is null ? $"{step.Action}: {step.Target}" : SummaryOf(step, devices.Count));
        writer.Member("verdict", finding.Verdict.ToString());
        writer.EndObject();
    }

    private static string SummaryOf(ErasureStep step, int devices)
    {
        string records = step.Finding.IsCounted ? Counted.Of(step.Finding.RecordCount, "record") : Counted.Unknown;
        return $"{step.Action}: {Counted.Of(devices, "device")} in {step.Location} ({records} each)";
    }

    /// <summary>Indices as pairs: the first of a run, and how many follow one another.</summary>
    private static void WriteRuns(string name, List<int> indices, CanonicalWriter writer)
    {
        writer.Name(name);
        writer.StartArray();
        for (int start = 0; start < indices.Count; )
        {
            int end = start + 1;
            while (end < indices.Count && indices[end] == indices[end - 1] + 1)
                end++;
            writer.Number(indices[start]);
            writer.Number(end - start);
            start = end;
        }

        writer.EndArray();
    }
}
