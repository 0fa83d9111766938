namespace IotHubDsr;

/// <summary>
/// The operations that the isolated part of the module offers to the cmdlets. Each operation is an asynchronous sequence: when the caller
/// disposes of its enumerator, the operation's workers have ended before the disposal completes. Failures of a part arrive as
/// <see cref="FaultEvent"/>; a failure of the whole is thrown as <see cref="DsrException"/>. Before an operation destroys or records something
/// it asks by a <see cref="ConfirmationEvent"/>, and waits until the caller has answered.
/// </summary>
public interface IDsrEngine
{
    /// <summary>Connects to a hub; yields one <see cref="DsrContext"/>.</summary>
    IAsyncEnumerable<DsrEvent> ConnectAsync(ConnectOptions options, CancellationToken cancellationToken);

    /// <summary>Lists the hubs that a credential can read; yields <see cref="HubReference"/>s.</summary>
    /// <param name="options">The credential, the cloud, and what narrows the look-up.</param>
    /// <param name="context">A connection whose credential and cloud are used instead; null for those of the options.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<DsrEvent> ListHubsAsync(ConnectOptions options, DsrContext? context, CancellationToken cancellationToken);

    /// <summary>Closes a connection. Running operations are not affected.</summary>
    void Disconnect(DsrContext context);

    /// <summary>Lists every location of the hub; yields <see cref="DataLocation"/>s.</summary>
    IAsyncEnumerable<DsrEvent> GetLocationsAsync(DsrContext context, CancellationToken cancellationToken);

    /// <summary>Finds the data held about the devices; yields <see cref="DeviceDataFinding"/>s as they are known.</summary>
    IAsyncEnumerable<DsrEvent> FindAsync(FootprintOptions options, CancellationToken cancellationToken);

    /// <summary>Tells what a footprint or a plan would have to read, without reading it; yields one <see cref="ReadingEstimate"/>.</summary>
    IAsyncEnumerable<DsrEvent> EstimateAsync(EstimateOptions options, CancellationToken cancellationToken);

    /// <summary>Writes an export package; yields one <see cref="DataExport"/>.</summary>
    IAsyncEnumerable<DsrEvent> ExportAsync(ExportOptions options, CancellationToken cancellationToken);

    /// <summary>Makes the plan of an erasure, without changing anything; yields one <see cref="ErasurePlan"/>.</summary>
    IAsyncEnumerable<DsrEvent> PlanAsync(PlanOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Erases the data of devices: checks whether it can be recorded and signed, makes plans or checks earlier ones, asks for each device and
    /// location, runs what was approved as part of a request, reads the locations again and certifies the outcome; yields
    /// <see cref="ErasureReceipt"/>s. All plans are made or checked before the first is run.
    /// </summary>
    IAsyncEnumerable<DsrEvent> RemoveAsync(IReadOnlyList<RemoveOptions> removals, CancellationToken cancellationToken);

    /// <summary>Registers a request; yields one <see cref="DataRequest"/>.</summary>
    IAsyncEnumerable<DsrEvent> RegisterAsync(RegisterOptions options, CancellationToken cancellationToken);

    /// <summary>Lists requests; yields <see cref="DataRequest"/>s.</summary>
    IAsyncEnumerable<DsrEvent> GetRequestsAsync(DataRequestQuery query, CancellationToken cancellationToken);

    /// <summary>Asks whether to record a decision in a request's journal, and records it; yields the <see cref="DataRequest"/> in its new state.</summary>
    IAsyncEnumerable<DsrEvent> ChangeRequestAsync(ChangeOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Asks whether to continue a request that did not end or is not settled, and continues it: erases what is planned and still there, verifies, certifies; yields
    /// <see cref="ErasureReceipt"/>s.
    /// </summary>
    IAsyncEnumerable<DsrEvent> ResumeAsync(ResumeOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Reads every location of a request again and certifies what is found, without erasing; yields <see cref="ErasureReceipt"/>s.
    /// </summary>
    IAsyncEnumerable<DsrEvent> VerifyAsync(ResumeOptions options, CancellationToken cancellationToken);

    /// <summary>Asks whether to write the report of a request, and writes it; yields one <see cref="RequestReport"/>.</summary>
    IAsyncEnumerable<DsrEvent> WriteReportAsync(ReportOptions options, CancellationToken cancellationToken);

    /// <summary>Reads a saved plan, so that a person can be shown what it is about; yields the <see cref="ErasurePlan"/>.</summary>
    IAsyncEnumerable<DsrEvent> ReadPlanAsync(string path, CancellationToken cancellationToken);

    /// <summary>Signs a plan as its approver; yields one <see cref="ErasurePlanApproval"/>.</summary>
    IAsyncEnumerable<DsrEvent> ApprovePlanAsync(ApprovePlanOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Asks whether to update the device index, and reads every blob that it does not know; yields a <see cref="DeviceIndexCoverage"/> for each
    /// location of which it can know blobs.
    /// </summary>
    IAsyncEnumerable<DsrEvent> UpdateIndexAsync(IndexOptions options, CancellationToken cancellationToken);

    /// <summary>Shows the device index; yields a <see cref="DeviceIndexCoverage"/> for each location, or nothing when there is no index.</summary>
    IAsyncEnumerable<DsrEvent> GetIndexAsync(IndexOptions options, CancellationToken cancellationToken);

    /// <summary>Asks whether to destroy the device index, its key first, and does so; yields nothing.</summary>
    IAsyncEnumerable<DsrEvent> RemoveIndexAsync(IndexOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Works on parts of the work of other processes until nothing is left of it, or until its time is over; yields one
    /// <see cref="WorkerRun"/>.
    /// </summary>
    IAsyncEnumerable<DsrEvent> WorkAsync(WorkerOptions options, CancellationToken cancellationToken);

    /// <summary>Checks erasure certificates; yields an <see cref="ErasureCertificateCheck"/> for each file that can be read.</summary>
    IAsyncEnumerable<DsrEvent> CheckCertificatesAsync(CheckCertificatesOptions options, CancellationToken cancellationToken);

    /// <summary>Starts a sandbox as a child process; yields one <see cref="IotHubSandbox"/>.</summary>
    IAsyncEnumerable<DsrEvent> StartSandboxAsync(StartSandboxOptions options, CancellationToken cancellationToken);

    /// <summary>Ends a sandbox that this process started; yields nothing.</summary>
    IAsyncEnumerable<DsrEvent> StopSandboxAsync(int processId, CancellationToken cancellationToken);
}
