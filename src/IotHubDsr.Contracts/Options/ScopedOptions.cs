namespace IotHubDsr;

/// <summary>Options of an operation on devices that can be narrowed to some of their records.</summary>
public abstract record ScopedOptions : SubjectOptions
{
    /// <summary>The records that it is about.</summary>
    public RecordScope Scope { get; init; } = RecordScope.All;
}
