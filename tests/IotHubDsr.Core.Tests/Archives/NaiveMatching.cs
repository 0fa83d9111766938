using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>The matching rule stated once more over decoded texts, to hold the walkers against.</summary>
internal static class NaiveMatching
{
    public static MatchKind? KindFor(SubjectIndex subjects, string subject, Message message)
    {
        List<string> senders = Senders(message);
        if (IsUnread(subjects, message))
            return null;

        bool sent = senders.Contains(subject);
        var named = message.Properties.Where(p => p.Key is "deviceId" or "ConnectionDeviceId" && p.Value.Length > 0).ToList();
        return sent && named.Exists(p => p.Value != subject) ? MatchKind.Relayed
            : sent ? MatchKind.Own
            : named.Exists(p => p.Value == subject)
                ? named.Exists(IsAnother) ? MatchKind.Mentioned
                    : MatchKind.Attributed
            : null;

        bool IsAnother((string Key, string Value) property) =>
            property.Value != subject
            && !(senders.Contains(property.Value) && Enumerable.Range(0, subjects.Count).Any(s => subjects[s] == property.Value));
    }

    /// <summary>Whether nobody is named as the sender, or a subject and another device are.</summary>
    public static bool IsUnread(SubjectIndex subjects, Message message)
    {
        var senders = Senders(message).Distinct().ToList();
        return senders.Count == 0 || (senders.Count > 1 && Enumerable.Range(0, subjects.Count).Any(s => senders.Contains(subjects[s])));
    }

    /// <summary>Who sent it, by the hub's spelling if it is there. Nobody is told about a record without any.</summary>
    public static List<string> Senders(Message message)
    {
        string[] names = ["connectionDeviceId", "iothub-connection-device-id"];
        foreach (StringComparer? comparer in new[] { StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase })
        {
            var senders = message.System.Where(p => names.Contains(p.Key, comparer) && p.Value.Length > 0).Select(p => p.Value).ToList();
            if (senders.Count > 0)
                return senders;
        }

        return [];
    }

    public static bool Removes(RecordSelection selection, Message message) =>
        Enumerable
            .Range(0, selection.Subjects.Count)
            .Any(s => KindFor(selection.Subjects, selection.Subjects[s], message) is { } kind && selection.Includes(kind));

    /// <summary>How many records of each kind each subject has; subjects without any are left out.</summary>
    public static IReadOnlyList<(string DeviceId, long Own, long Attributed, long Relayed)> Count(
        SubjectIndex subjects,
        IEnumerable<Message> messages
    )
    {
        var all = messages.ToList();
        return
        [
            .. Enumerable
                .Range(0, subjects.Count)
                .Select(s =>
                    all.Select(m => KindFor(subjects, subjects[s], m)).Where(kind => kind is not null).ToList() is { Count: > 0 } kinds
                        ? (
                            subjects[s],
                            kinds.LongCount(k => k == MatchKind.Own),
                            kinds.LongCount(k => k == MatchKind.Attributed),
                            kinds.LongCount(k => k == MatchKind.Relayed)
                        )
                        : default
                )
                .Where(counts => counts != default),
        ];
    }

    public static IReadOnlyList<(string DeviceId, long Own, long Attributed, long Relayed)> Count(IReadOnlyList<SubjectMatches> found) =>
        [.. found.Select(s => (s.DeviceId, s.Own.Records, s.Attributed.Records, s.Relayed.Records))];
}
