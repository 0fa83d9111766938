using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Reports;

/// <summary>The outcome in sentences that need no knowledge of the tool.</summary>
internal static class ReportSummary
{
    public static string Title(ReportKind kind) => kind == ReportKind.Erasure ? "Erasure of device data" : "Access to device data";

    /// <summary>Whether it is done. What owners say they have done is stated separately: nobody has read it.</summary>
    public static string Headline(ReportFacts facts)
    {
        if (facts.Locations.Count == 0)
            return "No location was read, so nothing is known.";
        string noted = facts.Open.Any(static location => location.Verdict == Verdict.OwnerAction)
            ? "Some of the actions required of others are recorded as done, others are not."
            : "Where someone else had to act, the action is recorded as done.";
        return facts.Open.Count == facts.Locations.Count ? Headline(facts, facts.Verdict)
            : facts.Open.Count == 0 ? noted
            : $"{Headline(facts, facts.Open.Max(static location => location.Verdict))} {noted}";
    }

    private static string Headline(ReportFacts facts, Verdict worst) =>
        worst switch
        {
            Verdict.Absent when facts.Open.Count < facts.Locations.Count => "No other place holds data of the request.",
            Verdict.Absent => "Every location was read, and none holds data of the request.",
            Verdict.Erased => "All data that was found was erased, and a second reading found none of it.",
            Verdict.ErasurePending when facts.Locations.Any(static location => location.Remaining > 0) =>
                "Some data is not erased yet; the rest will be erased and verified after the dates given below.",
            Verdict.ErasurePending => "All data that was found was erased; some places must be read again after the dates given below.",
            Verdict.Expiring when !facts.HasErasure => "Everything that can be read was read; the rest expires at the times given below.",
            Verdict.Expiring => "Everything that can be erased was erased; the rest expires on the dates given below.",
            Verdict.Held => "Some data is kept for now, on the grounds given below.",
            Verdict.OwnerAction when Acting(facts).All(IsOperators) => "In some places the hub's operator has to act; see below what.",
            Verdict.OwnerAction when Acting(facts).Any(IsOperators) =>
                "In some places the hub's operator, or someone else, has to act; see below who and what.",
            Verdict.OwnerAction => "In some places someone else has to act; see below who and what.",
            Verdict.Present when !facts.HasErasure => "Data was found; what was handed over and what was not is listed below.",
            Verdict.Present => "Some places still hold data.",
            Verdict.Unreachable => "Some places could not be read, so the answer is incomplete.",
            _ => "It is unknown whether some places hold data, so the answer is incomplete.",
        };

    /// <summary>The numbers behind the headline.</summary>
    public static string Numbers(ReportFacts facts)
    {
        var parts = new List<string>();
        Add(facts.Count(static verdict => verdict == Verdict.Absent), "was read and holds nothing", "were read and hold nothing");
        Add(facts.Count(static verdict => verdict == Verdict.Erased), "held data that was erased", "held data that was erased");
        Add(
            facts.Count(static verdict => verdict is Verdict.ErasurePending or Verdict.Expiring),
            "closes by itself at a known time",
            "close by themselves at known times"
        );
        Add(facts.Count(static verdict => verdict == Verdict.Held), "is on hold", "are on hold");
        Add(Acting(facts).Count(IsOperators), "needs an action of the hub's operator", "need an action of the hub's operator");
        Add(
            Acting(facts).Count(static location => !IsOperators(location)),
            "needs an action of its owner",
            "need an action of their owner"
        );
        Add(
            facts.Locations.Count(static location => location.HasOwnerActed),
            "was handled by its owner, as recorded",
            "were handled by their owners, as recorded"
        );
        Add(facts.Count(static verdict => verdict == Verdict.Present), "holds data", "hold data");
        Add(
            facts.Count(static verdict => verdict >= Verdict.Unreachable),
            "could not be read or is unknown",
            "could not be read or are unknown"
        );
        string places = parts.Count > 0 ? $" Of these, {string.Join("; ", parts)}." : string.Empty;
        return $"The request is about {Counted.Of(facts.DeviceCount, "device")}. The hub's own configuration leads to "
            + $"{Counted.Of(facts.Locations.Count, "location")} that can hold data.{places}{Erasure(facts)}{Export(facts)}";

        void Add(int number, string one, string many)
        {
            if (number > 0)
                parts.Add($"{ReportParts.Count(number)} {(number == 1 ? one : many)}");
        }
    }

    private static IEnumerable<LocationSummary> Acting(ReportFacts facts) =>
        facts.Open.Where(static location => location.Verdict == Verdict.OwnerAction);

    private static bool IsOperators(LocationSummary location) => SinkCatalogue.LeftToOperator(location.Location.Kind) is not null;

    private static string Erasure(ReportFacts facts) =>
        !facts.HasErasure
            ? string.Empty
            : $" Erased: {Counted.Of(facts.Locations.Sum(static location => location.Erased) ?? 0, "record")}; remaining"
                + $"{(facts.Locations.Any(static location => location.Remaining is null) ? ", where they were counted" : string.Empty)}: "
                + $"{ReportParts.Count(facts.Locations.Sum(static location => location.Remaining) ?? 0)}.";

    private static string Export(ReportFacts facts) =>
        !facts.HasExport
            ? string.Empty
            : $" Handed over: {Counted.Of(facts.Locations.Sum(static location => location.Included), "record")}; withheld: "
                + $"{ReportParts.Count(facts.Locations.Sum(static location => location.Withheld))}; could not be read: "
                + $"{ReportParts.Count(facts.Locations.Sum(static location => location.Unreachable))}.";
}
