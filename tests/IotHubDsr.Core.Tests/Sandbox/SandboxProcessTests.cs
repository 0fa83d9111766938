using System.Diagnostics;
using System.Text.Json;
using IotHubDsr.Sandbox;

namespace IotHubDsr.Core.Tests.Sandbox;

public class SandboxProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Process_PrintsOneLineServesAndEndsWithItsStandardInput()
    {
        using Process process = Start("--seed", "5");
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        SandboxDescriptor descriptor = JsonSerializer.Deserialize(line!, SandboxJson.Default.SandboxDescriptor)!;
        using var http = new HttpClient(SandboxSession.NewHandler(descriptor));

        using HttpResponseMessage response = await http.GetAsync(
            "https://login.microsoftonline.com/common/discovery/instance?api-version=1.1"
        );
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(5, descriptor.Seed);
        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(SandboxServer).Assembly.Location);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);

        return Process.Start(start)!;
    }
}
