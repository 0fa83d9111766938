using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Sandbox.Logs;

/// <summary>
/// The resource logs of the hub: whoever reads or changes a twin, queries twins or fails to change an identity leaves a row that names the
/// device, some minutes later.
/// </summary>
internal sealed class HubDiagnostics(LogWorkspace workspace, string hubId, TimeProvider clock)
{
    private static readonly JsonSerializerOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Accept(HubCall call)
    {
        switch (call.Method, call.Segments)
        {
            case ("POST", ["devices", "query"]):
                Write("TwinQueries", "query", call.Error, new JsonObject { ["query"] = call.Body?["query"]?.ToString() });
                break;
            case (_, ["twins", var id, .. var rest]):
                string operation = call.Method switch
                {
                    "GET" => "read",
                    "PATCH" => "update",
                    _ => "replace",
                };
                Write("C2DTwinOperations", operation, call.Error, About(id, rest));
                break;
            // Of commands, the hub logs errors only; of identities, those of attempts to create, change or delete one.
            case (_, ["devices", var id, "commands"]) when call.Error != HubError.None:
                Write("C2DCommands", "purge", call.Error, About(id, []));
                break;
            case (not "GET", ["devices", var id, .. var rest]) when call.Error != HubError.None:
                Write("DeviceIdentityOperations", call.Method.ToLowerInvariant(), call.Error, About(id, rest));
                break;
        }
    }

    private static JsonObject About(string deviceId, string[] rest)
    {
        var properties = new JsonObject { ["deviceId"] = deviceId };
        if (rest is ["modules", var module])
            properties["moduleId"] = module;

        return properties;
    }

    private void Write(string category, string operation, HubError error, JsonObject properties)
    {
        properties["sdkVersion"] = "service/1.0";
        JsonObject row = DiagnosticsRow.Of(hubId, category, operation, properties.ToJsonString(s_unescaped));
        row["Level"] = error == HubError.None ? "Information" : "Error";
        if (error != HubError.None)
        {
            row["ResultType"] = ((int)error).ToString(CultureInfo.InvariantCulture);
            row["ResultDescription"] = error.ToString();
        }

        workspace.Add(LogSchemas.AzureDiagnostics, row, clock.GetUtcNow());
    }
}
