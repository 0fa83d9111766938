using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Parts of a hub's configuration that this version does not know and that can be where data goes: what came after it was written, and what
/// stands beside known members, at whatever depth.
/// </summary>
internal static partial class UnknownProperties
{
    /// <summary>Members of an upload setting.</summary>
    public static readonly string[] UploadMembers =
    [
        "sasTtlAsIso8601",
        "connectionString",
        "containerName",
        "authenticationType",
        "identity",
        "endpointUri",
    ];

    /// <summary>Members of the kinds of routing endpoint that are known.</summary>
    public static readonly string[] RoutingEndpointMembers =
    [
        "id",
        "name",
        "subscriptionId",
        "resourceGroup",
        "connectionString",
        "endpointUri",
        "entityPath",
        "authenticationType",
        "identity",
        "containerName",
        "fileNameFormat",
        "batchFrequencyInSeconds",
        "maxChunkSizeInBytes",
        "encoding",
        "databaseName",
        "collectionName",
        "primaryKey",
        "secondaryKey",
        "partitionKeyName",
        "partitionKeyTemplate",
        "messagePayloadFormat",
        "provisioningState",
    ];

    private static readonly string[] QueueMembers = ["lockDurationAsIso8601", "ttlAsIso8601", "maxDeliveryCount"];

    /// <summary>Members of the built-in endpoint; its own address is not another place.</summary>
    private static readonly string[] EventHubMembers =
    [
        "retentionTimeInDays",
        "partitionCount",
        "partitionIds",
        "path",
        "endpoint",
        "internalAuthorizationPolicies",
        "authorizationPolicies",
    ];

    /// <summary>Properties that tell how the hub works and not where its data goes, or whose members are read one by one.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "hostName",
        "state",
        "provisioningState",
        "disableLocalAuth",
        "disableDeviceSAS",
        "disableModuleSAS",
        "restrictOutboundNetworkAccess",
        "allowedFqdnList",
        "publicNetworkAccess",
        "ipFilterRules",
        "networkRuleSets",
        "minTlsVersion",
        "privateEndpointConnections",
        "features",
        "enableDataResidency",
        "locations",
        "authorizationPolicies",
        "eventHubEndpoints",
        "routing",
        "storageEndpoints",
        "messagingEndpoints",
        "enableFileUploadNotifications",
        "cloudToDevice",
        "comments",
        "deviceRegistry",
        "encryption",
        "rootCertificate",
        "ipVersion",
        "deviceStreams",
        "operationsMonitoringProperties",
    };

    public static void Add(LocationSet locations, HubDescription hub)
    {
        AddMembers(locations, "properties", hub.Properties, Known);
        AddEndpoints(locations, hub, "eventHubEndpoints", "events", EventHubMembers);
        AddEndpoints(locations, hub, "messagingEndpoints", "fileNotifications", QueueMembers);
        JsonElement? cloudToDevice = hub.Properties.Prop("cloudToDevice");
        AddMembers(locations, "cloudToDevice", cloudToDevice, ["maxDeliveryCount", "defaultTtlAsIso8601", "feedback"]);
        AddMembers(locations, "cloudToDevice.feedback", cloudToDevice.Prop("feedback"), QueueMembers);
        AddMembers(
            locations,
            "deviceRegistry",
            hub.Properties.Prop("deviceRegistry"),
            ["namespaceResourceId", "identityResourceId", "linkingProperties"]
        );
    }

    /// <summary>Adds members that are not known and lead to another resource or address.</summary>
    public static void AddMembers(LocationSet locations, string where, JsonElement? owner, ICollection<string> known)
    {
        foreach (JsonProperty member in LeadingAway(owner, known))
            Add(locations, $"{where}.{member.Name}", member.Value, "leads to another resource and is not known to this version");
    }

    /// <summary>Members that are not known and lead to another resource or address.</summary>
    public static IEnumerable<JsonProperty> LeadingAway(JsonElement? owner, ICollection<string> known) =>
        owner.Members().Where(member => !known.Contains(member.Name, StringComparer.OrdinalIgnoreCase) && LeadsAway(member.Value));

    /// <summary>An endpoint beside the known one receives something whether it shows an address or not.</summary>
    private static void AddEndpoints(
        LocationSet locations,
        HubDescription hub,
        string property,
        string knownEndpoint,
        string[] knownMembers
    )
    {
        JsonElement? endpoints = hub.Properties.Prop(property);
        if (endpoints is { ValueKind: not JsonValueKind.Object } odd)
        {
            Add(locations, property, odd, "is not of a form that this version can read");
            return;
        }

        foreach (JsonProperty endpoint in endpoints.Members())
        {
            if (endpoint.Name.Equals(knownEndpoint, StringComparison.OrdinalIgnoreCase))
                AddMembers(locations, $"{property}.{endpoint.Name}", endpoint.Value, knownMembers);
            else
                Add(locations, $"{property}.{endpoint.Name}", endpoint.Value, "is an endpoint that is not known to this version");
        }
    }

    private static void Add(LocationSet locations, string where, JsonElement element, string why) =>
        locations.AddUnknown(
            where,
            $"the hub's property '{where[(where.StartsWith("properties.", StringComparison.Ordinal) ? "properties.".Length : 0)..]}' "
                + $"{why}{HubDiscovery.NamesIn(element)}"
        );

    private static bool LeadsAway(JsonElement element) =>
        element
            .Strings()
            .Any(static found => Address().IsMatch(found.Text) || found.Path.Contains("endpointNames", StringComparer.OrdinalIgnoreCase));

    /// <summary>A resource ID, a URL, a part of a connection string, or the full name of a host.</summary>
    [GeneratedRegex(
        @"\A\s*/subscriptions/|://|(?:AccountName|HostName|EntityPath)\s*=|\A\s*[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+\.[a-z]{2,}(?::[0-9]+)?/?\s*\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Address();
}
