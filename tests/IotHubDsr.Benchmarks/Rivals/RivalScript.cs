using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>What a seed draws: the request, and who acts when.</summary>
internal sealed record RivalScript(int Seed)
{
    private const int Worlds = 7;
    private const int ContainerEvery = 5;
    private const int SharedEvery = 6;

    // Such as share their blobs with look-alikes, have files, logs and dead letters, or are named by a gateway.
    private static readonly string[] Known =
    [
        "dev1",
        "Dev1",
        "dev10",
        "dev2",
        "it's",
        "100%",
        "50%25",
        "leaf-1",
        "x'=(y)!*",
        "th-001",
        "th-011",
    ];

    public SandboxOptions World { get; } = new() { Seed = (Seed % Worlds) + 1, NeighbourSharesContainers = Seed % SharedEvery == 0 };

    public bool InContainer { get; } = Seed % ContainerEvery == 0;

    public required IReadOnlyList<string> Subjects { get; init; }

    public required IReadOnlyList<(Moment At, IRival Rival)> Cast { get; init; }

    /// <summary>One blob at a time, which makes a run the same each time, or several.</summary>
    public int ThrottleLimit { get; init; }

    public bool IncludeOldVersions { get; init; }

    public bool DeleteEmptied { get; init; }

    /// <summary>What the account of the uploads keeps of what is overwritten or deleted; null when it is nothing.</summary>
    public BlobAccountOptions? KeepsFiles { get; init; }

    /// <summary>By how many records a saved plan may differ; null when the plan is run as it was made.</summary>
    public long? Tolerance { get; init; }

    /// <summary>When the process that erases is killed; null when it is not.</summary>
    public Moment? Kill { get; init; }

    public bool KillsAtAnswer { get; init; }

    /// <summary>How long it takes until somebody goes on.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>
    /// Whether a request that follows a reassignment is narrowed to those who had the ID first; null when it is not narrowed.
    /// </summary>
    public bool? IsOfFirst { get; init; }

    public static RivalScript Of(int seed)
    {
        var random = new Random(seed);
        List<string> subjects = [.. Known.OrderBy(_ => random.Next()).Take(random.Next(1, 4))];
        bool isNarrowed = random.Next(2) == 0;
        bool isFirst = random.Next(2) == 0;
        return new RivalScript(seed)
        {
            Subjects = subjects,
            Cast = [.. CastOf(seed, random)],
            ThrottleLimit = random.Next(4) == 0 ? EngineSession.UsualLimit : 1,
            IncludeOldVersions = random.Next(3) > 0,
            DeleteEmptied = random.Next(3) == 0,
            KeepsFiles = random.Next(4) == 0 ? new BlobAccountOptions(random.Next(2) == 0, SoftDeleteDays: 14 * random.Next(2)) : null,
            Tolerance = random.Next(3) == 0 ? random.Next(3) * 20 : null,
            Kill = random.Next(3) == 0 ? Moment.In(RivalStage.Erasing, random) : null,
            KillsAtAnswer = random.Next(2) == 0,
            Pause = TimeSpan.FromSeconds(random.Next(1500)),
            IsOfFirst = isNarrowed ? isFirst : null,
        };
    }

    /// <summary>Those who had an ID when its request was made: all of them, unless it is narrowed to one.</summary>
    public IEnumerable<Incarnation> ConcernedIn(Ledger ledger, bool isReassigned)
    {
        foreach (string deviceId in Subjects)
        {
            IReadOnlyList<Incarnation> all = ledger.AllOf(deviceId);
            foreach (Incarnation one in all.Where((_, index) => !Narrows(isReassigned) || index == (IsOfFirst == true ? 0 : all.Count - 1)))
                yield return one;
        }
    }

    /// <param name="concerned">Those whom the request is about.</param>
    /// <param name="path">Where the plan is saved.</param>
    public PlanChoices Choices(IEnumerable<Incarnation> concerned, string path) =>
        new(Subjects)
        {
            IncludeOldVersions = IncludeOldVersions,
            DeleteEmptied = DeleteEmptied,
            Path = path,
            Scope =
                concerned.ToList() is [{ Generation: var only }] && IsOfFirst is not null
                    ? RecordScope.All with
                    {
                        GenerationId = only,
                    }
                    : RecordScope.All,
        };

    /// <summary>A request for one generation takes one device.</summary>
    private bool Narrows(bool isReassigned) => isReassigned && IsOfFirst is not null && Subjects.Count == 1;

    private static IEnumerable<(Moment, IRival)> CastOf(int seed, Random random)
    {
        // Each seed has a rival of the sort that is its turn, and up to three of any.
        int rivals = random.Next(1, 5);
        for (int rival = 0; rival < rivals; rival++)
        {
            var stage = (RivalStage)random.Next((int)RivalStage.Settled + 1);
            yield return (Moment.In(stage, random), RivalOf(rival == 0 ? seed % 12 : random.Next(12), new Random(random.Next())));
        }
    }

    private static IRival RivalOf(int sort, Random random) =>
        sort switch
        {
            0 => Writers.Hub(random),
            1 or 2 => Strangers.Any(random),
            3 => Writers.Uploads(random),
            4 => Writers.Logs(random),
            5 => Writers.SecondHub(random),
            6 => Requests.Other(random),
            7 => random.Next(3) == 0 ? Requests.Export() : Requests.Same(random),
            8 => Circumstances.Rights(random),
            9 => random.Next(2) == 0 ? Circumstances.Weather(random) : Circumstances.Time(random),
            10 => Owners.Deletes(random),
            _ => Owners.Reassigns(random),
        };
}
