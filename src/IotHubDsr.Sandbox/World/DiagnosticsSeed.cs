using System.Globalization;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;

namespace IotHubDsr.Sandbox.World;

/// <summary>The rows of AzureDiagnostics: of both hubs, of all categories, and of the provisioning service.</summary>
internal sealed class DiagnosticsSeed(LogWorkspace workspace, WorldNames names, Random random, DateTimeOffset baseTime)
{
    private static readonly string[] s_deviceCategories =
    [
        "DeviceTelemetry",
        "C2DCommands",
        "FileUploadOperations",
        "Routes",
        "D2CTwinOperations",
        "C2DTwinOperations",
        "DirectMethods",
        "DeviceStreams",
    ];

    public TableTally Tally { get; } = new();

    public void Fill(IReadOnlyList<LogRecord> archived)
    {
        foreach (LogRecord record in archived)
            AddArchived(record);

        foreach (string id in DeviceSeed.LookAlikes.Concat(DeviceSeed.Awkward).Append("th-001").Append("th-002"))
            AddCategories(id);

        AddTexts();
        AddOdd();
        AddOverflow();
        AddTwins();
        AddTraces();
        AddProvisioning();
        Add(Record("Configurations", "getConfiguration", """{"configurationId":"floor-2-settings"}"""));
        Add(Record("Routes", "undeliverableMessage", """{"deviceId":null,"endpointName":"raw-avro"}"""));
    }

    private void AddArchived(LogRecord record)
    {
        Add(DiagnosticsRow.Of(record), record.Time);
        if (record.About is not { } id)
            return;

        if (record.ResourceId.Equals(names.NeighbourId, StringComparison.OrdinalIgnoreCase))
            Tally.OfOtherHub(id);
        else if (record.Category == "TwinQueries")
            Tally.Mentioned(id);
        else
            Tally.Named(id);
    }

    /// <summary>The look-alikes have a row of each category, the others of some.</summary>
    private void AddCategories(string id)
    {
        foreach (string category in s_deviceCategories.Where(_ => DeviceSeed.LookAlikes.Contains(id) || random.Next(3) == 0))
        {
            var properties = new JsonObject { ["deviceId"] = id, ["protocol"] = "Mqtt" };
            switch (category)
            {
                case "C2DCommands":
                    properties["messageId"] = WorldNames.NextGuid(random);
                    break;
                case "FileUploadOperations":
                    properties["blobUri"] = $"https://{WorldNames.UploadAccount}.blob.core.windows.net/device-uploads/{id}/photo.jpg";
                    break;
                case "DeviceStreams" or "DirectMethods":
                    properties["moduleId"] = null;
                    break;
            }

            Add(Record(category, "operation", properties.ToJsonString()));
            Tally.Named(id);
        }
    }

    /// <summary>Where the ID is in nothing but the text of a query, or in the filter of a job.</summary>
    private void AddTexts()
    {
        foreach (string id in (string[])["dev1", "dev10", "Dev1", "it's", "th-003"])
        {
            string quoted = id.Replace("'", "\\'", StringComparison.Ordinal);
            var query = new JsonObject { ["query"] = $"SELECT deviceId FROM devices WHERE deviceId = '{quoted}'", ["sdkVersion"] = "2.0" };
            Add(Record("TwinQueries", "query", query.ToJsonString()));
            var job = new JsonObject { ["jobId"] = WorldNames.NextGuid(random), ["filter"] = $"DeviceId IN ['{quoted}']" };
            Add(Record("JobsOperations", "createJob", job.ToJsonString()));
            Tally.Mentioned(id);
            Tally.Mentioned(id);
        }

        Add(Record("TwinQueries", "query", """{"query":"SELECT * FROM devices WHERE deviceId IN ['dev1','dev10']"}"""));
        Tally.Mentioned("dev1");
        Tally.Mentioned("dev10");
        Add(Record("TwinQueries", "query", """{"query":"SELECT * FROM devices WHERE tags.floor = '2'"}"""));
    }

    /// <summary>Properties that no parser of JSON takes as they are: a text in a text, quotes without their escapes, an end too soon.</summary>
    private void AddOdd()
    {
        (string Id, string Text)[] rows =
        [
            ("dev1", """{"deviceId":"dev1","errorMessage":"{"code":404,"reason":"none"}"}"""),
            ("dev10", """{"deviceId":"dev10","errorMessage":"{"code":404,"reason":"none"}"}"""),
            ("dev1", """ "{\"deviceId\":\"dev1\",\"protocol\":\"Amqp\"}" """.Trim()),
            ("dev1", """{"protocol":"Mqtt","deviceId":"dev1","maskedIpAddress":"203.0."""),
            ("dev10", """{"properties":"{\"deviceId\":\"dev10\"}"}"""),
        ];
        foreach ((string id, string text) in rows)
        {
            Add(Record("DeviceTelemetry", "ingress", text));
            Tally.Named(id);
        }
    }

    /// <summary>What came when the table had no room for further columns.</summary>
    private void AddOverflow()
    {
        foreach (string id in (string[])["dev1", "dev10", "it's"])
        {
            var properties = new JsonObject { ["deviceId"] = id, ["protocol"] = "Mqtt" };
            AddOverflow("properties_s", properties.ToJsonString());
            AddOverflow("deviceId_s", id);
            Tally.NamedInAdditionalFields(id);
            Tally.NamedInAdditionalFields(id);
        }

        void AddOverflow(string key, string value)
        {
            (JsonObject row, DateTimeOffset time) = Record("Connections", "deviceConnect", "");
            row.Remove(DiagnosticsRow.Properties);
            row[LogSchemas.AdditionalFields] = new JsonObject { [key] = value };
            Add(row, time);
        }
    }

    /// <summary>Rows of both hubs whose properties are equal to the letter.</summary>
    private void AddTwins()
    {
        const string Text = """{"deviceId":"dev1","protocol":"Mqtt","authType":"{\"scope\":\"device\"}"}""";
        Add(Record("Connections", "deviceConnect", Text));
        Add(Record("Connections", "deviceConnect", Text, names.NeighbourId));
        Tally.Named("dev1");
        Tally.OfOtherHub("dev1");
    }

    private void AddTraces()
    {
        foreach (string id in (string[])["dev1", "dev10", "th-001"])
        {
            string trace = TraceId.Next(random);
            string sent = new JsonObject
            {
                ["messageSize"] = 100,
                ["deviceId"] = id,
                ["callerLocalTimeUtc"] = "2026-01-01T00:00:00.000Z",
            }.ToJsonString();
            Trace("DiagnosticIoTHubD2C", sent);
            Trace("DiagnosticIoTHubIngress", """{"isRoutingEnabled":"true","parentSpanId":"0144d2590aacd909"}""");
            Trace("DiagnosticIoTHubEgress", """{"endpointType":"EventHub","endpointName":"raw-avro","parentSpanId":"349810a9bbd28730"}""");
            Tally.Named(id);
            Tally.Traced(id);
            Tally.Traced(id);

            void Trace(string operation, string text)
            {
                (JsonObject row, DateTimeOffset time) = Record("DistributedTracing", operation, text);
                row["CorrelationId"] = TraceId.Span(trace, random);
                Add(row, time);
            }
        }
    }

    private void AddProvisioning()
    {
        string service = names.Resource(WorldNames.DataGroup, "Microsoft.Devices/provisioningServices", "contoso-dps");
        foreach (string id in (string[])["dev1", "dev10", "th-001"])
        {
            string text = $$"""{"id":"{{id}}","type":"Registration","protocol":"Mqtt"}""";
            Add(Record("DeviceOperations", "Register", text, service));
            Tally.OfRegistration(id);
        }

        Add(Record("ServiceOperations", "Get", """{"id":"dev1","type":"IndividualEnrollment","protocol":"Http"}""", service));
        Tally.OfRegistration("dev1");
    }

    private (JsonObject Row, DateTimeOffset Time) Record(string category, string operation, string properties, string? resourceId = null)
    {
        DateTimeOffset time = baseTime.AddSeconds(-random.Next(7200, 20 * 86400));
        JsonObject row = DiagnosticsRow.Of(resourceId ?? names.HubId, category, operation, properties);
        row["Level"] = "Information";
        row["DurationMs"] = random.Next(200).ToString(CultureInfo.InvariantCulture);
        return (row, time);
    }

    private void Add((JsonObject Row, DateTimeOffset Time) row) => Add(row.Row, row.Time);

    private void Add(JsonObject row, DateTimeOffset time)
    {
        DateTimeOffset usual = time.AddMinutes(4);
        workspace.Add(LogSchemas.AzureDiagnostics, row, time, usual > baseTime ? baseTime : usual);
    }
}
