using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>A point in a run at which somebody acts: before a request of a sort is handled that is the so many-th of its sort.</summary>
internal sealed record Moment(RivalStage Stage, string Sort, Func<LoggedRequest, bool> IsOfSort, int Ordinal)
{
    private int _seen;

    /// <summary>Whether the moment has come with this request.</summary>
    public bool IsNow(LoggedRequest request) => IsOfSort(request) && ++_seen == Ordinal;

    /// <summary>The moments that matter are those around what destroys and what is read before and after it.</summary>
    public static Moment In(RivalStage stage, Random random) =>
        random.Next(10) switch
        {
            < 2 => new(stage, "request", _ => true, random.Next(1, 200)),
            < 4 => new(stage, "call that changes something", IsDestructive, random.Next(1, 8)),
            < 5 => new(stage, "commit of a blob", request => Names(request, "comp=blocklist"), random.Next(1, 8)),
            < 6 => new(stage, "listing", request => Names(request, "comp=list"), random.Next(1, 24)),
            < 7 when random.Next(2) == 0 => new(
                stage,
                "deletion in the hub",
                request => request is { Service: "hub", Mutating: true },
                random.Next(1, 4)
            ),
            < 7 => new(stage, "request to the hub", request => request.Service == "hub", random.Next(1, 8)),
            < 8 => new(stage, "request to the uploads", request => Names(request, "/device-uploads"), random.Next(1, 6)),
            _ => new(
                stage,
                "reading of a blob",
                request => request is { Service: "blob", Method: "GET" } && !Names(request, "comp="),
                random.Next(1, 120)
            ),
        };

    public override string ToString() => $"{Stage}, {Sort} {Ordinal}";

    private static bool IsDestructive(LoggedRequest request) =>
        request.Mutating && (request.Method == "DELETE" || Names(request, "comp=blocklist") || request.Service == "hub");

    private static bool Names(LoggedRequest request, string part) => request.Target.Contains(part, StringComparison.Ordinal);
}
