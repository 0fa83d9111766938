namespace IotHubDsr;

/// <summary>
/// What the cmdlets ask of the isolated part of the module. Each operation is an asynchronous sequence: when the caller disposes of
/// its enumerator, the operation's workers have ended before the disposal completes. Failures of a part arrive as
/// <see cref="FaultEvent"/>; a failure of the whole is thrown as <see cref="DsrException"/>.
/// </summary>
public interface IDsrEngine
{
    /// <summary>Connects to a hub; gives one <see cref="DsrContext"/>.</summary>
    IAsyncEnumerable<DsrEvent> ConnectAsync(ConnectOptions options, CancellationToken cancellationToken);

    /// <summary>Lists the hubs that a credential can read; gives <see cref="HubReference"/>s.</summary>
    /// <param name="options">The credential, the cloud, and what narrows the look-up.</param>
    /// <param name="context">A connection whose credential and cloud are used instead; null for those of the options.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<DsrEvent> ListHubsAsync(ConnectOptions options, DsrContext? context, CancellationToken cancellationToken);

    /// <summary>Forgets a connection. Running operations keep what they have.</summary>
    void Disconnect(DsrContext context);

    /// <summary>Lists every location of the hub; gives <see cref="DataLocation"/>s.</summary>
    IAsyncEnumerable<DsrEvent> GetLocationsAsync(DsrContext context, CancellationToken cancellationToken);

    /// <summary>Finds what is held of the devices; gives <see cref="DeviceDataFinding"/>s as they are known.</summary>
    IAsyncEnumerable<DsrEvent> FindAsync(FootprintOptions options, CancellationToken cancellationToken);

    /// <summary>Writes an export package; gives one <see cref="DataExport"/>.</summary>
    IAsyncEnumerable<DsrEvent> ExportAsync(ExportOptions options, CancellationToken cancellationToken);

    /// <summary>Makes the plan of an erasure, without changing anything; gives one <see cref="ErasurePlan"/>.</summary>
    IAsyncEnumerable<DsrEvent> PlanAsync(PlanOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Looks again at everything a plan is about, without changing anything; gives the <see cref="ErasurePlan"/> as it holds now, or a
    /// fault when the world has moved since it was made.
    /// </summary>
    IAsyncEnumerable<DsrEvent> ConfirmPlanAsync(ConfirmPlanOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Finds out whether an erasure can be put on record and signed; gives nothing, or a fault. Nothing is changed.
    /// </summary>
    IAsyncEnumerable<DsrEvent> PrepareErasureAsync(PrepareOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Runs the steps of a plan as part of a request, reads the locations again and certifies the outcome; gives
    /// <see cref="ErasureReceipt"/>s.
    /// </summary>
    IAsyncEnumerable<DsrEvent> EraseAsync(ErasureOptions options, CancellationToken cancellationToken);

    /// <summary>Registers a request; gives one <see cref="DataRequest"/>.</summary>
    IAsyncEnumerable<DsrEvent> RegisterAsync(RegisterOptions options, CancellationToken cancellationToken);

    /// <summary>Lists requests; gives <see cref="DataRequest"/>s.</summary>
    IAsyncEnumerable<DsrEvent> GetRequestsAsync(DataRequestQuery query, CancellationToken cancellationToken);

    /// <summary>Notes something in a request's journal; gives the <see cref="DataRequest"/> as it is then.</summary>
    IAsyncEnumerable<DsrEvent> ChangeRequestAsync(ChangeOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Goes on with a request that did not end or is not settled: erases what is planned and still there, reads again, certifies; gives
    /// <see cref="ErasureReceipt"/>s.
    /// </summary>
    IAsyncEnumerable<DsrEvent> ResumeAsync(ResumeOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Reads every location of a request again and certifies what is found, without erasing; gives <see cref="ErasureReceipt"/>s.
    /// </summary>
    IAsyncEnumerable<DsrEvent> VerifyAsync(ResumeOptions options, CancellationToken cancellationToken);

    /// <summary>Writes the report of a request; gives one <see cref="RequestReport"/>.</summary>
    IAsyncEnumerable<DsrEvent> WriteReportAsync(ReportOptions options, CancellationToken cancellationToken);

    /// <summary>Reads a saved plan, so that a person can be shown what it is about; gives the <see cref="ErasurePlan"/>.</summary>
    IAsyncEnumerable<DsrEvent> ReadPlanAsync(string path, CancellationToken cancellationToken);

    /// <summary>Signs a plan as its approver; gives one <see cref="ErasurePlanApproval"/>.</summary>
    IAsyncEnumerable<DsrEvent> ApprovePlanAsync(ApprovePlanOptions options, CancellationToken cancellationToken);

    /// <summary>Checks erasure certificates; gives an <see cref="ErasureCertificateCheck"/> for each file that can be read.</summary>
    IAsyncEnumerable<DsrEvent> CheckCertificatesAsync(CheckCertificatesOptions options, CancellationToken cancellationToken);

    /// <summary>Starts a sandbox as a child process; gives one <see cref="IotHubSandbox"/>.</summary>
    IAsyncEnumerable<DsrEvent> StartSandboxAsync(StartSandboxOptions options, CancellationToken cancellationToken);

    /// <summary>Ends a sandbox that this process started; gives nothing.</summary>
    IAsyncEnumerable<DsrEvent> StopSandboxAsync(int processId, CancellationToken cancellationToken);
}
