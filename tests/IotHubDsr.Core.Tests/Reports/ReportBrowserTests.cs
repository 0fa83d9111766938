using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Reports;

namespace IotHubDsr.Core.Tests.Reports;

/// <summary>What a browser makes of a report. The pictures that it takes are kept in <c>artifacts/test</c>.</summary>
public sealed class ReportBrowserTests
{
    private static readonly string Artifacts = FindArtifacts();

    [ChromiumFact]
    public async Task Report_OfARealErasure_LoadsNothingSaysNothingAndShowsEveryVerdictInEveryForm()
    {
        ReportModel model = await ReportSample.FromSandboxAsync("dev1", "Dev1");
        await using Chromium browser = await Chromium.StartAsync();

        await OpenAsync(browser, model, "report.html");

        await AssertQuietAsync(browser);
        await AssertVerdictsAsync(browser, model.Data.Rows.GroupBy(row => row.LocationId).Select(rows => rows.Max(row => row.Verdict)));
        foreach ((string name, string scheme, int width) in new[] { ("light", "light", 1280), ("dark", "dark", 1280), ("narrow", "light", 320) })
        {
            await browser.EmulateAsync(scheme, width);
            await browser.ScreenshotAsync(Path.Combine(Artifacts, $"report-{name}.png"), width);
            Assert.True((bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth"))!, $"{name} has to be scrolled sideways: {await browser.EvaluateAsync(WidestElements)}");
        }

        await browser.PrintAsync(Path.Combine(Artifacts, "report.pdf"));
    }

    private const string WidestElements = """
        [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('svg'))
          .slice(0, 5).map(e => `${e.tagName} ${e.className} ${Math.round(e.getBoundingClientRect().right)} ${e.textContent.slice(0, 60)}`).join(' | ')
        """;

    [ChromiumFact]
    public async Task Report_OfHostileTexts_HasNoElementOfTheirs()
    {
        string hostile = string.Concat(HostileText.All);
        ReportModel model = ReportSample.Synthetic(Enum.GetValues<Verdict>(), text => hostile + text);
        await using Chromium browser = await Chromium.StartAsync();

        await OpenAsync(browser, model, "report-hostile.html");

        await AssertQuietAsync(browser);
        await AssertVerdictsAsync(browser, Enum.GetValues<Verdict>());
        Assert.Equal(0, (int)(await browser.EvaluateAsync("document.querySelectorAll('script,img,iframe,object,embed,base,link,form,input,use,image,foreignObject,animate,set,marquee').length"))!);
        Assert.Equal(1, (int)(await browser.EvaluateAsync("document.querySelectorAll('style').length"))!);
        Assert.Null(await browser.EvaluateAsync("window.broken ?? null"));
        await browser.EmulateAsync("light", 1280);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "report-hostile.png"), 1280);
    }

    [ChromiumFact]
    public async Task Report_OfManyLocations_DrawsNoLabelOverAnother()
    {
        ReportModel model = ReportSample.Synthetic([.. Enumerable.Repeat(Enum.GetValues<Verdict>(), 8).SelectMany(all => all)], text => text + new string('W', 70), devices: 3);
        await using Chromium browser = await Chromium.StartAsync();

        await OpenAsync(browser, model, "report-large.html");
        await browser.EmulateAsync("light", 1280);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "report-large.png"), 1280);

        Assert.Equal(0, (int)(await browser.EvaluateAsync(
            """
            (() => {
              let meeting = 0;
              for (const picture of document.querySelectorAll('svg.picture')) {
                const boxes = [...picture.querySelectorAll('text')].map(text => text.getBoundingClientRect());
                for (let i = 0; i < boxes.length; i++)
                  for (let j = i + 1; j < boxes.length; j++)
                    if (boxes[i].left < boxes[j].right - 1 && boxes[j].left < boxes[i].right - 1 && boxes[i].top < boxes[j].bottom - 3 && boxes[j].top < boxes[i].bottom - 3) meeting++;
              }
              return meeting;
            })()
            """))!);
        Assert.True((bool)(await browser.EvaluateAsync(
            "[...document.querySelectorAll('svg.picture g text')].every(text => { const box = text.closest('g').querySelector('rect').getBoundingClientRect(), own = text.getBoundingClientRect(); return own.left >= box.left && own.right <= box.right + 1; })"))!);
    }

    private static async Task OpenAsync(Chromium browser, ReportModel model, string name)
    {
        string path = Path.Combine(Artifacts, name);
        await File.WriteAllTextAsync(path, ReportSample.Html(model), new UTF8Encoding(false));
        await browser.OpenAsync(new Uri(path));
    }

    /// <summary>No message in the console, no exception, no request besides the document itself.</summary>
    private static async Task AssertQuietAsync(Chromium browser)
    {
        await browser.EvaluateAsync("document.documentElement.outerHTML.length");
        string[] methods = [.. browser.Events.Select(told => (string)told["method"]!)];
        Assert.DoesNotContain("Log.entryAdded", methods);
        Assert.DoesNotContain("Runtime.consoleAPICalled", methods);
        Assert.DoesNotContain("Runtime.exceptionThrown", methods);
        JsonNode request = Assert.Single(browser.Events, told => (string)told["method"]! == "Network.requestWillBeSent");
        Assert.Equal("Document", (string)request["params"]!["type"]!);
    }

    private static async Task AssertVerdictsAsync(Chromium browser, IEnumerable<Verdict> verdicts)
    {
        string text = (string)(await browser.EvaluateAsync("document.querySelector('#locations').innerText"))!;
        string picture = (string)(await browser.EvaluateAsync("[...document.querySelectorAll('svg.picture .word')].map(word => word.textContent).join(' ')"))!;
        Assert.All(verdicts.Distinct(), verdict =>
        {
            Assert.Contains(verdict.ToString(), text, StringComparison.Ordinal);
            Assert.Contains(verdict.ToString(), picture, StringComparison.Ordinal);
        });
    }

    private static string FindArtifacts()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "IotHubDsr.sln")))
            root = root.Parent;
        return Directory.CreateDirectory(Path.Combine(root!.FullName, "artifacts", "test")).FullName;
    }
}
