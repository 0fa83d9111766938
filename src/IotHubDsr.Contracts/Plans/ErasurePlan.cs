namespace IotHubDsr;

/// <summary>What an erasure would do: the footprint of its devices and the intended action in each location.</summary>
public sealed record ErasurePlan : ErasurePlanSource
{
    private readonly IReadOnlyList<ErasureStep> _steps = TextList.Of<ErasureStep>([]);

    /// <summary>Host name of the hub that the plan was made for.</summary>
    public required string HubHostName { get; init; }

    /// <summary>When the footprint was complete.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Azure Resource Manager ID of the hub; null when only a connection string is known.</summary>
    public string? HubResourceId { get; init; }

    /// <summary>What is erased.</summary>
    public ErasureOptions Erasure { get; init; } = ErasureOptions.OwnAndCurrent;

    /// <summary>As <see cref="ErasureOptions.IncludeRelayed"/> says.</summary>
    public bool IncludeRelayed => Erasure.IncludeRelayed;

    /// <summary>As <see cref="ErasureOptions.IncludeOldVersions"/> says.</summary>
    public bool IncludeOldVersions => Erasure.IncludeOldVersions;

    /// <summary>As <see cref="ErasureOptions.SettleMessages"/> says.</summary>
    public bool SettleMessages => Erasure.SettleMessages;

    /// <summary>As <see cref="ErasureOptions.HideNow"/> says.</summary>
    public bool HideNow => Erasure.HideNow;

    /// <summary>As <see cref="ErasureOptions.Reprovisioning"/> says.</summary>
    public Reprovisioning Reprovisioning => Erasure.Reprovisioning;

    /// <summary>As <see cref="ErasureOptions.RewriteConfigurations"/> says.</summary>
    public bool RewriteConfigurations => Erasure.RewriteConfigurations;

    /// <summary>As <see cref="ErasureOptions.DeleteEmptied"/> says.</summary>
    public bool? DeleteEmptied => Erasure.DeleteEmptied;

    /// <summary>
    /// How many records that were on their way when the plan was made may be erased with it in a shared location, beyond those that it
    /// shows there: this number, or as many as it shows, whichever is more. Null in plans of earlier versions.
    /// </summary>
    public long? LateRecords { get; init; }

    /// <summary>As <see cref="ErasureOptions.Scope"/> says.</summary>
    public RecordScope Scope => Erasure.Scope;

    /// <summary>One step per device and location, in the order in which they would run.</summary>
    public required IReadOnlyList<ErasureStep> Steps
    {
        get => _steps;
        init => _steps = TextList.Of(value);
    }

    /// <summary>
    /// Random hexadecimal digits, which are part of the plan, so that no device ID can be guessed from its digest; null in plans of earlier
    /// versions.
    /// </summary>
    public string? Salt { get; init; }

    /// <summary>
    /// SHA-256 of the plan's canonical JSON (RFC 8785), as <c>sha256:</c> and 64 hexadecimal digits: what an approval is bound to.
    /// </summary>
    public string Digest { get; init; } = string.Empty;

    /// <summary>Number of the form in which it is written, and its digest is made.</summary>
    internal int Format { get; init; } = 1;

    /// <summary>The plan as it was made and approved, where this one says what of it holds now; null where this is that plan.</summary>
    public ErasurePlan? Approved { get; init; }

    /// <summary>
    /// The approval that was checked before the plan is run; null when none was asked for. It is not part of what is approved.
    /// </summary>
    public ErasurePlanApproval? Approval { get; init; }

    /// <summary>
    /// The least time that its run takes at the pace of the hub, by its SKU and units, and of its provisioning services, at the share of the
    /// connection that made or confirmed the plan; null when nobody estimated it. It is not part of what is approved.
    /// </summary>
    public TimeSpan? HubTime { get; init; }

    /// <summary>Records that it erases.</summary>
    public long Records => Steps.Where(step => step.Action == ErasureAction.Erase).Sum(step => step.Finding.RecordCount);

    /// <summary>Number of devices that it is about.</summary>
    public int Devices => Steps.Select(step => step.DeviceId).Distinct(StringComparer.Ordinal).Count();

    /// <summary>The question for each step; it states the scope unless it is everything.</summary>
    public string Operation => Scope == RecordScope.All ? "Erase device data" : $"Erase device data ({Scope})";

    /// <summary>Number of steps that erase, the scope unless it is everything, and the digest.</summary>
    public override string ToString() =>
        VisibleText.OfLine(
            $"{Counted.Of(Steps.Count(step => step.Action == ErasureAction.Erase), "step")} on "
                + $"{HubHostName}{(Scope == RecordScope.All ? string.Empty : $" ({Scope})")}, {Digest}"
        );
}
