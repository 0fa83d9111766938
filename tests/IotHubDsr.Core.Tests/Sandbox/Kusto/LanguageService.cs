using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Core.Tests.Sandbox.Kusto;

/// <summary>What Microsoft's language service says of a query: its errors, and the columns of its answer.</summary>
internal sealed record KustoJudgement(IReadOnlyList<string> Errors, IReadOnlyList<string> Columns);

/// <summary>Microsoft's language service for Kusto, asked by a script for Node.js.</summary>
internal static class LanguageService
{
    public static string Folder { get; } = RepositoryPaths.Conformance("kusto");

    public static bool IsThere { get; } =
        Archives.Tools.Has("node") && Directory.Exists(Path.Combine(Folder, "node_modules", "@kusto", "language-service-next"));

    /// <param name="tables">Their names and schemas: <c>(column:type, column:type)</c>.</param>
    /// <param name="queries">All at once: it takes seconds to start.</param>
    public static async Task<IReadOnlyList<KustoJudgement>> JudgeAsync(
        IReadOnlyDictionary<string, string> tables,
        IReadOnlyList<string> queries
    )
    {
        var request = new JsonObject
        {
            ["tables"] = JsonSerializer.SerializeToNode(tables),
            ["queries"] = JsonSerializer.SerializeToNode(queries),
        };
        var start = new ProcessStartInfo("node", [Path.Combine(Folder, "judge.js")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(request.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        return JsonSerializer.Deserialize<KustoJudgement[]>(await output, JsonSerializerOptions.Web)!;
    }
}

/// <summary>A test that needs Node.js, and the language service as tests/conformance/kusto installs it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LanguageServiceFactAttribute : FactAttribute
{
    public LanguageServiceFactAttribute() =>
        Skip = LanguageService.IsThere
            ? null
            : "Needs Node.js and the language service for Kusto (npm ci --ignore-scripts --prefix tests/conformance/kusto).";
}
