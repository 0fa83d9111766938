namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>
/// What a journal and a certificate say of a scope that is not everything. A generation ID stands for one device: that there is one is
/// said, and not which.
/// </summary>
internal sealed record ScopeStatement(bool IsOneIncarnation, DateTimeOffset? StartTime, DateTimeOffset? EndTime, bool IncludesMentioned)
{
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
