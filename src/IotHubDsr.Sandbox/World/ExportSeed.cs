using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.Logs;
using IotHubDsr.Sandbox.Logs.Tables;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Sandbox.World;

/// <summary>
/// What the export rule of the workspace has copied to the storage account: the rows of the last days as JSON lines, filed by the time at
/// which they were generated. Rows that come later are not copied: the sandbox does not run the rule.
/// </summary>
internal sealed class ExportSeed(BlobStore blobs, LogWorkspace workspace, DateTimeOffset baseTime)
{
    public const string Container = "am-azurediagnostics";
    private const int Days = 3;

    private static readonly JsonSerializerOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Fill()
    {
        BlobContainer container = blobs.GetOrAddAccount(WorldNames.UploadAccount).GetOrAddContainer(Container);
        LogTable table = workspace.Table(LogSchemas.AzureDiagnostics)!;
        IEnumerable<IGrouping<string, LogRow>> files = table
            .Rows.Where(row => row.Generated > baseTime.AddDays(-Days))
            .OrderBy(row => row.Generated)
            .GroupBy(row => NameOf(row.Generated));
        foreach (IGrouping<string, LogRow> file in files)
        {
            string text = string.Concat(file.Select(row => Line(table, row) + "\n"));
            container.Append(file.Key, Encoding.UTF8.GetBytes(text), file.Max(row => row.Received));
        }
    }

    private string NameOf(DateTimeOffset time) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"WorkspaceResourceId={workspace.ResourceId.ToLowerInvariant()}/y={time:yyyy}/m={time:MM}/d={time:dd}/h={time:HH}/m={time.Minute / 5 * 5:D2}/PT05M.json"
        );

    private static string Line(LogTable table, LogRow row)
    {
        var line = new JsonObject();
        foreach (KustoColumn column in table.Columns.Where(column => !column.IsHidden || column.Name == "_ResourceId"))
            line[column.Name] = KustoDynamic.Of(table.ValueOf(row, column));

        return line.ToJsonString(s_unescaped);
    }
}
