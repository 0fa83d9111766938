using System.Text.Json;
using IotHubDsr.Benchmarks.Erasures;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Benchmarks.Rivals;

/// <summary>
/// Judges a run by the ledger and by what the sandbox holds: what others lost, and what was said to be gone and is not. It uses nothing of
/// the module but the verdicts that it judges.
/// </summary>
internal sealed class Oracle(RivalWorld world)
{
    private readonly Dictionary<string, List<Incarnation>> _concerned = new(StringComparer.Ordinal);
    private readonly List<string> _losses = [];
    private readonly List<string> _falseVerdicts = [];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Losses => _losses;

    public IReadOnlyList<string> FalseVerdicts => _falseVerdicts;

    /// <summary>Whether the last verdicts say of nearly every place where nothing is left that nothing is left.</summary>
    public bool IsConclusive { get; private set; }

    /// <summary>Those whom requests are about.</summary>
    public IEnumerable<Incarnation> Concerned => _concerned.Values.SelectMany(incarnations => incarnations);

    public bool IsConcerned(string deviceId) => _concerned.ContainsKey(deviceId);

    /// <summary>Notes that a request is about these.</summary>
    public void Concern(IEnumerable<Incarnation> subjects)
    {
        foreach (Incarnation subject in subjects)
        {
            if (!_concerned.TryGetValue(subject.DeviceId, out List<Incarnation>? incarnations))
                _concerned[subject.DeviceId] = incarnations = [];
            if (!incarnations.Contains(subject))
                incarnations.Add(subject);
            world.Ledger.Allow(subject);
        }
    }

    /// <summary>Judges verdicts, and looks what is lost.</summary>
    /// <param name="verdicts">What was said at the end of a run; empty when nothing was.</param>
    /// <param name="before">What the world held when the run began.</param>
    /// <param name="after">What it holds now.</param>
    /// <param name="arrived">What came into its place meanwhile, and may have been missed rightly.</param>
    /// <param name="when">What was going on.</param>
    public void Judge(
        IEnumerable<WorkerVerdict> verdicts,
        Reading before,
        Reading after,
        IReadOnlySet<(string Place, string Text)> arrived,
        string when
    )
    {
        foreach (WorkerVerdict verdict in verdicts.Where(verdict => verdict.Verdict is Verdict.Absent or Verdict.Erased))
        {
            foreach (Incarnation subject in _concerned.GetValueOrDefault(verdict.DeviceId) ?? [])
            {
                if (LeftOf(subject, verdict, before, after, arrived) is { } left)
                    _falseVerdicts.Add($"{when}: {verdict.Verdict} in {verdict.Kind} {verdict.Place} of {subject}, but {left}");
            }
        }

        foreach (string loss in world.Ledger.LossesIn(after).Where(_told.Add))
            _losses.Add($"{when}: {loss}");
    }

    /// <summary>Judges a certificate: of no location it may say better than what was said of a device there.</summary>
    /// <param name="verdicts">What was said at the end of the run that it is of.</param>
    /// <param name="certificate">The file.</param>
    /// <param name="when">What was going on.</param>
    public void Judge(IEnumerable<WorkerVerdict> verdicts, byte[] certificate, string when)
    {
        using var envelope = JsonDocument.Parse(certificate);
        using var statement = JsonDocument.Parse(envelope.RootElement.GetProperty("payload").GetBytesFromBase64());
        var certified = statement
            .RootElement.GetProperty("predicate")
            .GetProperty("locations")
            .EnumerateArray()
            .ToDictionary(
                location => location.GetProperty("id").GetString()!,
                location => Enum.Parse<Verdict>(location.GetProperty("verdict").GetString()!),
                StringComparer.Ordinal
            );
        foreach (WorkerVerdict verdict in verdicts)
        {
            Verdict said = certified.GetValueOrDefault(verdict.Location, Verdict.Absent);
            if (said < verdict.Verdict)
                _falseVerdicts.Add($"{when}: the certificate says {said} of {verdict.Place}, which was {verdict.Verdict}");
        }
    }

    /// <summary>Looks how much of what is gone is said to be gone.</summary>
    public void Conclude(IReadOnlyList<WorkerVerdict> last, Reading now)
    {
        IReadOnlySet<(string, string)> none = new HashSet<(string, string)>();
        List<WorkerVerdict> gone =
        [
            .. last.Where(verdict =>
                IsServed(verdict) && _concerned[verdict.DeviceId].TrueForAll(subject => LeftOf(subject, verdict, now, now, none) is null)
            ),
        ];
        int said = gone.Count(verdict => verdict.Verdict is Verdict.Absent or Verdict.Erased);
        IsConclusive = said > 0 && said * 4 >= gone.Count * 3;
    }

    private bool IsServed(WorkerVerdict verdict) =>
        verdict.Kind is LocationKinds.DeviceRegistry or LocationKinds.CloudToDeviceQueue
        || world.Places.Any(place => place.Name == verdict.Place);

    /// <summary>What there is, all the time from before a verdict until after it; null when there is nothing.</summary>
    private string? LeftOf(
        Incarnation subject,
        WorkerVerdict verdict,
        Reading before,
        Reading after,
        IReadOnlySet<(string Place, string Text)> arrived
    )
    {
        if (verdict.Kind == LocationKinds.DeviceRegistry)
            return before.Has(subject) && after.Has(subject) ? "it is registered" : null;
        if (verdict.Kind == LocationKinds.CloudToDeviceQueue)
        {
            return before.CommandsFor(subject) > 0 && after.CommandsFor(subject) > 0
                ? $"{after.CommandsFor(subject)} messages wait for it"
                : null;
        }

        // The messages of a device that lives on come again and again: only those of one that is gone are waited for.
        bool isGone = !before.Has(subject) && !after.Has(subject);
        var there = before.RecordsIn(verdict.Place, isGone).ToHashSet();
        List<(string, string Text)> left =
        [
            .. after
                .RecordsIn(verdict.Place, isGone)
                .Where(record => there.Contains(record) && !arrived.Contains(record) && world.Ledger.IsOf(subject, record)),
        ];
        return left.Count == 0 ? null : $"it holds {left.Count} records: {left[0].Text}";
    }
}
