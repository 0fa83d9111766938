using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.StreamAnalyticsOutputs;

/// <summary>Outputs of Stream Analytics jobs that read from the hub. What they hold is what their query makes of the messages.</summary>
internal sealed class StreamAnalyticsOutputKind : ISinkKind, IOnwardPlaces, IGroupReaders
{
    public const string Name = "StreamAnalyticsOutput";

    private const string ApiVersion = "2020-03-01";

    /// <summary>How long a job waits for late events at the most by default, and for its output to write what it has gathered.</summary>
    private static readonly TimeSpan s_latest = TimeSpan.FromHours(1);

    public PlaceDescription Description { get; } =
        new(
            Name,
            Position: 228,
            "Outputs of Stream Analytics jobs that read from the hub, or from places that it routes to. They hold what the job's query makes of "
                + "the messages: their owner erases."
        )
        {
            Traits = PlaceTraits.HasRecipient,
            Verdict = Verdict.OwnerAction,
            Advice =
                "What it holds is what the job's query makes of the messages: the owner of the job looks for the device where the output leads, "
                + "and has its data deleted.",
        };

    public string Part => "jobs of Stream Analytics";

    public async Task AddAsync(
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        LocationSet locations,
        CancellationToken cancellationToken
    )
    {
        // What keeps consumers from being listed at all is told once, elsewhere.
        ConsumerListing consumers = await context.Consumers.ListAsync(hub, cancellationToken);
        LocationSet[] parts = await Task.WhenAll(
            consumers
                .Of("Microsoft.StreamAnalytics", "streamingjobs")
                .Select(job => OfJobAsync(job.Id, found, hub, context, cancellationToken))
        );
        foreach (LocationSet part in parts)
            locations.Add(part);
    }

    private static async Task<LocationSet> OfJobAsync(
        ArmId job,
        IReadOnlyList<LocationDraft> found,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        var locations = new LocationSet();
        string part = PartOf(job);
        try
        {
            JsonElement? properties = (await context.Resources.GetAsync(CallOf(job), cancellationToken)).Prop("properties");
            ILookup<bool, string> inputs = properties
                .Prop("inputs")
                .Items()
                .ToLookup(
                    input => JobInput.Reads(input.Prop("properties").Prop("datasource"), found, hub),
                    static input => $"'{LocationText.Quote(input.Text("name") ?? "without a name")}'"
                );
            if (!inputs[true].Any())
                return locations;
            var query = new JobQuery(
                properties.Prop("transformation").Prop("properties").Text("query") ?? "",
                properties
                    .Prop("inputs")
                    .Items()
                    .Where(input => JobInput.IsHub(input.Prop("properties").Prop("datasource"), hub))
                    .Select(static input => input.Text("name") ?? "")
            );
            foreach (JsonElement output in properties.Prop("outputs").Items())
            {
                LocationDraft? served = await ServedAsync(job, output, inputs, query, hub, context, cancellationToken);
                locations.Add(served ?? OutputOf(job, output, string.Join(", ", inputs[true])));
            }
        }
        catch (DsrException exception)
        {
            locations.AddUnread(part, exception.Fault);
        }

        return locations;
    }

    public async Task<IReadOnlyList<GroupUse>> ListAsync(HubDescription hub, DiscoveryContext context, CancellationToken cancellationToken)
    {
        ConsumerListing consumers = await context.Consumers.ListAsync(hub, cancellationToken);
        List<GroupUse> uses = [];
        foreach (Consumer job in consumers.Of("Microsoft.StreamAnalytics", "streamingjobs"))
        {
            try
            {
                JsonElement? properties = (await context.Resources.GetAsync(CallOf(job.Id), cancellationToken)).Prop("properties");
                uses.AddRange(
                    properties
                        .Prop("inputs")
                        .Items()
                        .Select(input => JobInput.GroupOf(input.Prop("properties").Prop("datasource"), hub))
                        .OfType<GroupUse>()
                );
            }
            catch (DsrException)
            {
                // That the job cannot be read is told with its outputs.
            }
        }

        return uses;
    }

    private static string PartOf(ArmId job) => $"the Stream Analytics job {job.Name}";

    private static ArmCall CallOf(ArmId job) => new($"{job.Path}?$expand=inputs,outputs,transformation", ApiVersion, PartOf(job));

    /// <summary>An output as a place of another kind that is read there; null where none is.</summary>
    private static async Task<LocationDraft?> ServedAsync(
        ArmId job,
        JsonElement output,
        ILookup<bool, string> inputs,
        JobQuery query,
        HubDescription hub,
        DiscoveryContext context,
        CancellationToken cancellationToken
    )
    {
        string name = output.Text("name") ?? "without a name";
        JsonElement? properties = output.Prop("properties");
        JsonElement? source = properties.Prop("datasource");
        bool isJson = "Json".Equals(properties.Prop("serialization").Text("type"), StringComparison.OrdinalIgnoreCase);
        var facts = new JobOutputFacts(
            source.Text("type") ?? "",
            source.Prop("properties"),
            query.ColumnOf(name),
            isJson && query.KeepsHubRecord(name)
        );
        IOutputPlaces? places = SinkCatalogue
            .OfModule.Sources.OfType<IOutputPlaces>()
            .FirstOrDefault(places => places.DatasourceTypes.Contains(facts.Type, StringComparer.OrdinalIgnoreCase));
        LocationDraft? place = places is null ? null : await places.PlaceOfAsync(facts, hub, context, cancellationToken);
        if (place is null)
            return null;
        var settings = new Dictionary<string, string>(place.Settings, StringComparer.Ordinal);
        if (inputs[false].Any())
        {
            settings[LocationSettings.SharingUnknown] =
                $"the Stream Analytics job '{LocationText.Quote(job.Name)}' also reads {string.Join(", ", inputs[false])}.";
        }

        return place with
        {
            Ways =
            [
                new DataWay
                {
                    Kind = DataWayKind.DataConnection,
                    Name = $"{job.Name}/{name}",
                    Carries = ["Stream Analytics job"],
                    Target = JobOutput.InWords(source),
                },
            ],
            FlushTime = s_latest,
            Settings = settings,
        };
    }

    private static LocationDraft OutputOf(ArmId job, JsonElement output, string inputs)
    {
        string name = output.Text("name") ?? "without a name";
        JsonElement? properties = output.Prop("properties");
        JsonElement? source = properties.Prop("datasource");
        bool isDelta = "Delta".Equals(properties.Prop("serialization").Text("type"), StringComparison.OrdinalIgnoreCase);
        string where = JobOutput.InWords(source);
        return LocationDraft.Of(Name, $"{job.Name}/{name}", job.ToString()) with
        {
            Ways =
            [
                DataWay.Remark($"Stream Analytics job '{job.Name}' reads the hub's messages in its input {inputs} and writes to {where}"),
            ],
            Advice = isDelta
                ? "It is a Delta table: rows are deleted by its own engine, and the files that held them by its clean-up; a file that is "
                    + "rewritten or removed otherwise breaks the table."
                : "Blobs, event hubs, queues and topics are read where they get JSON, and the query hands on the IoTHub record of each "
                    + "message; tables of Data Explorer where it selects IoTHub.ConnectionDeviceId into a column. Of this output only its "
                    + "owner knows where the device ID is.",
        };
    }
}
