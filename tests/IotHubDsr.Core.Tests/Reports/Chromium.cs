using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Core.Tests.Reports;

/// <summary>A test that needs Chromium; where there is none it is skipped by name.</summary>
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Chromium.Path is null)
            Skip = "There is no chromium on this machine.";
    }
}

/// <summary>A test with cases that needs Chromium; where there is none it is skipped by name.</summary>
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute()
    {
        if (Chromium.Path is null)
            Skip = "There is no chromium on this machine.";
    }
}

/// <summary>A headless Chromium of its own, with a fresh profile, spoken to by the DevTools protocol. It ends with the test.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const double MaxPicture = 6000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private int _lastId;
    private string? _session;

    private Chromium(Process process, DirectoryInfo profile)
    {
        _process = process;
        _profile = profile;
    }

    public static string? Path { get; } =
        Environment
            .GetEnvironmentVariable("PATH")
            ?.Split(System.IO.Path.PathSeparator)
            .SelectMany(folder =>
                new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name))
            )
            .FirstOrDefault(File.Exists);

    /// <summary>The events of the page since it was opened.</summary>
    public List<JsonNode> Events { get; } = [];

    public static async Task<Chromium> StartAsync()
    {
        DirectoryInfo profile = Directory.CreateTempSubdirectory("report-chromium-");
        string[] arguments =
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            $"--user-data-dir={profile.FullName}",
            "--remote-debugging-port=0",
            "about:blank",
        ];
        var start = new ProcessStartInfo(Path!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        var chromium = new Chromium(Process.Start(start)!, profile);
        chromium._process.ErrorDataReceived += static (_, _) => { };
        chromium._process.OutputDataReceived += static (_, _) => { };
        chromium._process.BeginErrorReadLine();
        chromium._process.BeginOutputReadLine();
        try
        {
            await chromium.ConnectAsync();
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page and waits until it has loaded.</summary>
    public async Task OpenAsync(Uri uri)
    {
        foreach (string domain in new[] { "Page", "Runtime", "Log", "Network" })
            await SendAsync($"{domain}.enable");
        Events.Clear();
        await SendAsync("Page.navigate", new JsonObject { ["url"] = uri.AbsoluteUri });
        using var patience = new CancellationTokenSource(Patience);
        while (!Events.Exists(told => (string?)told["method"] == "Page.loadEventFired"))
            Events.Add(await ReceiveAsync(patience.Token));
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        Assert.Null(answer["exceptionDetails"]);
        return answer["result"]!["value"];
    }

    /// <summary>Shows the page in a colour scheme and at a width in CSS pixels.</summary>
    public async Task EmulateAsync(string colourScheme, int width)
    {
        await SendAsync(
            "Emulation.setEmulatedMedia",
            new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = colourScheme }) }
        );
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = 900,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );
    }

    /// <summary>Shows the page as it is printed, at a width in CSS pixels.</summary>
    public async Task EmulatePaperAsync(int width)
    {
        await SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["media"] = "print" });
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = 900,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );
    }

    /// <summary>Keeps a picture of the page, down to a length that a picture can have.</summary>
    public async Task ScreenshotAsync(string path, int width)
    {
        double height = (double)(await EvaluateAsync("document.documentElement.scrollHeight"))!;
        var clip = new JsonObject
        {
            ["x"] = 0,
            ["y"] = 0,
            ["width"] = width,
            ["height"] = Math.Min(height, MaxPicture),
            ["scale"] = 1,
        };
        JsonNode answer = await SendAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true, ["clip"] = clip });
        await File.WriteAllBytesAsync(path, Convert.FromBase64String((string)answer["data"]!));
    }

    /// <summary>Prints the page to a PDF file.</summary>
    public async Task PrintAsync(string path)
    {
        JsonNode answer = await SendAsync(
            "Page.printToPDF",
            new JsonObject
            {
                ["printBackground"] = true,
                ["preferCSSPageSize"] = true,
                ["paperWidth"] = 8.27,
                ["paperHeight"] = 11.69,
            }
        );
        await File.WriteAllBytesAsync(path, Convert.FromBase64String((string)answer["data"]!));
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        _process.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // One of its children is just ending and wrote a last file; the folder is a temporary one.
        }
    }

    private async Task ConnectAsync()
    {
        string portFile = System.IO.Path.Combine(_profile.FullName, "DevToolsActivePort");
        using var patience = new CancellationTokenSource(Patience);
        string[] lines;
        while (!File.Exists(portFile) || (lines = await File.ReadAllLinesAsync(portFile, patience.Token)).Length < 2)
        {
            Assert.False(_process.HasExited, "Chromium did not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }

        await _socket.ConnectAsync(new Uri($"ws://127.0.0.1:{lines[0]}{lines[1]}"), patience.Token);
        JsonNode target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        JsonNode attached = await SendAsync(
            "Target.attachToTarget",
            new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true }
        );
        _session = (string)attached["sessionId"]!;
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_lastId;
        var command = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters ?? [],
        };
        if (_session is not null)
            command["sessionId"] = _session;
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(command),
            WebSocketMessageType.Text,
            endOfMessage: true,
            patience.Token
        );
        while (true)
        {
            JsonNode message = await ReceiveAsync(patience.Token);
            if ((int?)message["id"] != id)
            {
                Events.Add(message);
                continue;
            }

            Assert.True(message["error"] is null, $"{method}: {message["error"]}");
            return message["result"]!;
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            message.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!;
    }
}
