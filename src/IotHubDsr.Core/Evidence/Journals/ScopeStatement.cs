namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// How a journal and a certificate describe a limited scope. A generation ID identifies one device: they say that there is one, but not
/// which.
/// </summary>
internal sealed record ScopeStatement(bool IsOneIncarnation, DateTimeOffset? StartTime, DateTimeOffset? EndTime, bool IncludesMentioned)
{
    /// <summary>Whether it is about less than all that was sent under an ID; whether texts that name it count makes no difference.</summary>
    public static bool IsPart(ScopeStatement? scope) => scope is not (null or { IsOneIncarnation: false, StartTime: null, EndTime: null });

    /// <summary>Null for everything.</summary>
    public static ScopeStatement? Of(RecordScope scope) =>
        scope == RecordScope.All
            ? null
            : new ScopeStatement(
                scope.GenerationId is not null,
                scope.StartTime?.ToUniversalTime(),
                scope.EndTime?.ToUniversalTime(),
                scope.IncludeMentioned
            );

    /// <summary>The scope in words.</summary>
    public override string ToString() =>
        new RecordScope
        {
            GenerationId = IsOneIncarnation ? string.Empty : null,
            StartTime = StartTime,
            EndTime = EndTime,
            IncludeMentioned = IncludesMentioned,
        }.Anonymous;
}
