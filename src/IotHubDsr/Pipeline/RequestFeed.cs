using IotHubDsr.Parameters;

namespace IotHubDsr.Pipeline;

/// <summary>The requests that a command works on, as they arrive from the pipeline; each once, however often it is named.</summary>
internal sealed class RequestFeed(DsrCommand command, RequestRunParameters parameters)
{
    private readonly HashSet<(Guid? Connection, string? Store, string RequestId)> _seen = [];

    /// <summary>Whether the command asks by default.</summary>
    public bool Asks { get; init; }

    /// <summary>What is to be worked on of one record; nothing where a job was started for it.</summary>
    public IReadOnlyList<ResumeOptions> Take()
    {
        DsrContext context = parameters.Requests.Connection.Require(command);
        string? store = command.Paths.OfStore(parameters.Requests.Store.RequestStore);
        string[] requestIds = [.. parameters.RequestId.Where(requestId => _seen.Add((context.Id, store, requestId)))];
        if (parameters.Job.AsJob)
        {
            if (requestIds.Length > 0)
                CommandJob.Start(command, Asks, ("Context", context), ("RequestId", requestIds), ("RequestStore", store));
            return [];
        }

        return
        [
            .. requestIds.Select(requestId => new ResumeOptions
            {
                Context = context,
                Store = store,
                RequestId = requestId,
                Performer = parameters.Performer.Load(command.Certificates),
                Wait = TimeSpan.FromSeconds(parameters.WaitSeconds),
                ThrottleLimit = parameters.Throttle.ThrottleLimit,
                Distributed = parameters.Distribution.Distributed,
            }),
        ];
    }
}
