namespace IotHubDsr.Parameters;

/// <summary>What Remove-IotDeviceData takes, in the order of its syntax.</summary>
internal sealed class RemovalParameters
{
    [Composed(Sets = [ParameterSets.ByPlan])]
    public PlanParameters Plan { get; } = new();

    [Composed(Only = [nameof(PerformerParameters.SigningCertificate), nameof(PerformerParameters.CertificatePassword)])]
    public PerformerParameters Performer { get; } = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    public ErasureParameters Erasure { get; } = new();

    [Composed]
    public SettlingParameters Settling { get; } = new();

    [Composed]
    public RequestLinkParameters Request { get; } = new();

    [Composed(Only = [nameof(PerformerParameters.Performer)])]
    public PerformerParameters PerformerByName => Performer;

    [Composed]
    public ForceParameters Prompt { get; } = new();

    [Composed]
    public RegistrationParameters Registration { get; } = new();

    [Composed]
    public RecipientParameters Recipients { get; } = new();

    [Composed(Sets = [ParameterSets.ByDeviceId, ParameterSets.ByQuery])]
    public IndexParameters Index { get; } = new();

    [Composed]
    public DistributionParameters Distribution { get; } = new();

    [Composed]
    public ScopedDeviceParameters Scoped { get; } = new();

    /// <summary>The records of devices, and what else is erased of them.</summary>
    public ErasureOptions ErasureOf(Pipeline.DsrCommand command) =>
        Erasure.ToOptions(Scoped.Scope.ToScope(command)) with
        {
            SettleMessages = Settling.SettleMessages,
        };
}
