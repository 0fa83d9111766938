using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Whatever happens to the description of a hub, discovery does not fail on it, loses no endpoint and tells no secret.</summary>
public sealed partial class HostileHubTests
{
    private const string Properties = """
        {"hostName":"contoso.azure-devices.net","state":"Active","enableFileUploadNotifications":true,
        "eventHubEndpoints":{"events":{"retentionTimeInDays":1,"partitionCount":4}},
        "messagingEndpoints":{"fileNotifications":{"ttlAsIso8601":"PT1H"}},
        "cloudToDevice":{"feedback":{"ttlAsIso8601":"PT1H"}},
        "storageEndpoints":{"$default":{"sasTtlAsIso8601":"PT1H","containerName":"uploads","connectionString":"AccountName=stup;AccountKey=s3cr3t=="}},
        "routing":{"endpoints":{
          "storageContainers":[{"id":"1","name":"ep-blob","containerName":"telemetry","encoding":"Avro","batchFrequencyInSeconds":100,
            "connectionString":"DefaultEndpointsProtocol=https;AccountName=stcontoso;AccountKey=s3cr3t==","subscriptionId":"s1","resourceGroup":"rg"}],
          "eventHubs":[{"name":"ep-hub","connectionString":"Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=s3cr3t;EntityPath=eh"}],
          "serviceBusQueues":[{"name":"ep-queue","endpointUri":"sb://bus.servicebus.windows.net","entityPath":"q"}],
          "serviceBusTopics":[{"name":"ep-topic","endpointUri":"sb://bus.servicebus.windows.net","entityPath":"t"}],
          "cosmosDBSqlContainers":[{"name":"ep-cosmos","endpointUri":"https://acc.documents.azure.com","databaseName":"db","containerName":"c","primaryKey":"s3cr3t"}],
          "eventStreams":[{"name":"ep-fabric","endpointUri":"sb://es.servicebus.windows.net","entityPath":"p","workspaceId":"w","eventStreamId":"e"}],
          "quantum":[{"name":"ep-quantum","connectionString":"SharedAccessKey=s3cr3t"}]},
        "routes":[{"name":"r1","source":"DeviceMessages","condition":"SharedAccessKey=s3cr3t","endpointNames":["ep-blob"],"isEnabled":true},
          {"name":"r2","source":"TwinChangeEvents","endpointNames":["ep-ghost"],"isEnabled":false}],
        "fallbackRoute":{"name":"$fallback","source":"DeviceMessages","condition":"true","endpointNames":["events"],"isEnabled":true},
        "enrichments":[{"key":"k","value":"v","endpointNames":["ep-enriched"]}]}}
        """;

    private static readonly string[] Wrappers =
    [
        "null",
        "7",
        "-1e400",
        "\"\"",
        "\"new\"",
        "true",
        "[]",
        "{}",
        "[[]]",
        """{"name":"new"}""",
        "\"(half a character)\"",
    ];

    [Fact]
    public async Task AnyMutation_DoesNotThrow_LosesNoEndpointName_AndTellsNoSecret() =>
        await Gen.Select(Gen.Int[0, 5_000], Gen.Int[0, 3], Gen.Int[0, Wrappers.Length - 1])
            .List[1, 4]
            .SampleAsync(
                async mutations =>
                {
                    string json = mutations.Aggregate(Properties, static (document, mutation) =>
                        Mutate(document, mutation.Item1, mutation.Item2, mutation.Item3)
                    );

                    // System.Text.Json.Nodes refuses to write what a hostile document may well hold.
                    DiscoveryResult result = await new HubWorld().DiscoverAsync(
                        json.Replace("(half a character)", "\\ud800", StringComparison.Ordinal)
                    );

                    // Nothing that a foreseen part of the code stumbled over was turned into a general failure.
                    Assert.Empty(result.Faults);
                    string told = JsonSerializer.Serialize(result.Locations);
                    Assert.DoesNotContain("s3cr3t", told, StringComparison.Ordinal);
                    Assert.DoesNotMatch(Secret(), told);
                    Assert.All(NamesIn(JsonNode.Parse(json)), name => Assert.Contains(name, told, StringComparison.Ordinal));
                    Assert.All(result.Locations, static location =>
                        Assert.True(location.Verdict is not null && location.Advice is { Length: > 0 } && location.Provenance.Count > 0)
                    );
                    Assert.Equal(result.Locations.Count, result.Locations.DistinctBy(static location => location.Id).Count());
                },
                iter: Repetitions.Of(250)
            );

    [Fact]
    public async Task UnmutatedHub_TellsEveryEndpoint()
    {
        DiscoveryResult result = await new HubWorld().DiscoverAsync(Properties);

        Assert.Equal(
            [
                "device-registry.contoso",
                "cloud-to-device-queue.contoso",
                "feedback-queue.contoso",
                "job-history.contoso",
                "configurations.contoso",
                "gateway-children.contoso",
                "file-notification-queue.contoso",
                "file-upload.stup.uploads",
                "built-in-endpoint.contoso.events",
                "system-generated-logs.contoso",
                "routed-blob.stcontoso.telemetry",
                "event-hub.ns.eh",
                "service-bus-queue.bus.q",
                "service-bus-topic.bus.t",
                "cosmos.acc.db.c",
                "fabric-eventstream.w.e",
                "unknown-sink.ep-quantum",
                "unknown-sink.ep-ghost",
                "unknown-sink.ep-enriched",
            ],
            result.Locations.Select(location => location.Id)
        );
    }

    /// <summary>Removes, replaces, renames or wraps the n-th node below the root.</summary>
    private static string Mutate(string json, int n, int how, int with)
    {
        JsonNode root = JsonNode.Parse(json)!;
        JsonNode?[] parents = [.. All(root).Where(static node => node is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })];
        if (parents.Length == 0)
            return json;
        JsonNode parent = parents[n % parents.Length]!;
        var wrapper = JsonNode.Parse(Wrappers[with]);
        if (parent is JsonArray list)
        {
            int index = n / parents.Length % list.Count;
            JsonNode? old = list[index];
            list.RemoveAt(index);
            if (how == 1)
                list.Insert(index, wrapper);
            else if (how >= 2)
                list.Insert(index, new JsonArray(old));
        }
        else if (parent is JsonObject map)
        {
            (string key, JsonNode? old) = map.ElementAt(n / parents.Length % map.Count);
            map.Remove(key);
            if (how == 1)
                map[key] = wrapper;
            else if (how == 2 && key is not ("name" or "endpointNames"))
                map[key + "X"] = old;
            else if (how == 3)
                map[key] = new JsonObject { ["name"] = "wrapped", ["inner"] = old };
        }

        return root.ToJsonString();
    }

    private static IEnumerable<JsonNode?> All(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.SelectMany(static property => All(property.Value)).Prepend(node),
            JsonArray list => list.SelectMany(static item => All(item)).Prepend(node),
            _ => [node],
        };

    /// <summary>Names of endpoints, wherever they stand in the routing configuration.</summary>
    private static IEnumerable<string> NamesIn(JsonNode? properties) =>
        EndpointName()
            .Matches(
                string.Join(
                    '\n',
                    properties!
                        .AsObject()
                        .Where(static property => property.Key.StartsWith("routing", StringComparison.Ordinal))
                        .Select(static property => property.Value?.ToJsonString())
                )
            )
            .Select(static match => match.Value);

    [GeneratedRegex("ep-[a-z]+")]
    private static partial Regex EndpointName();

    [GeneratedRegex("(?:SharedAccessKey|AccountKey)=.", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
