namespace IotHubDsr.Core.Records;

/// <summary>How a record relates to a subject.</summary>
internal readonly record struct SubjectMatch(int Subject, MatchKind Kind)
{
    /// <summary>Whether the record can be that of another hub's device of the same ID: then it is nobody's that is known.</summary>
    public bool IsUnclear { get; init; }
}
