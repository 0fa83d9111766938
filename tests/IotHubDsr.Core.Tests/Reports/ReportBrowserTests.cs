using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Reports;

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
        await AssertVerdictsAsync(
            browser,
            model.Data.Rows.GroupBy(row => row.LocationId).Select(rows => rows.Max(row => row.Outcome.Verdict))
        );
        foreach (
            (string name, string scheme, int width) in new[]
            {
                ("light", "light", 1280),
                ("dark", "dark", 1280),
                ("phone", "light", 360),
                ("narrow", "light", 320),
            }
        )
        {
            await browser.EmulateAsync(scheme, width);
            await browser.ScreenshotAsync(Path.Combine(Artifacts, $"report-{name}.png"), width);
            Assert.True(
                (bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth"))!,
                $"{name} has to be scrolled sideways: {await browser.EvaluateAsync(WidestElements)}"
            );
        }

        await browser.PrintAsync(Path.Combine(Artifacts, "report.pdf"));
    }

    [ChromiumTheory]
    [InlineData("light", 1280)]
    [InlineData("dark", 1280)]
    [InlineData("light", 800)]
    [InlineData("light", 360)]
    [InlineData("print", 688)]
    public async Task Report_OfManyDevicesWithLongIds_OverflowsNowhereAndBreaksNoNumber(string look, int width)
    {
        // The longest ID that a hub allows, with nothing in it at which a line could be broken, and counts of seven digits.
        ReportModel model = ReportSample.Synthetic(Enum.GetValues<Verdict>(), static text => text, devices: 30);
        string Long(string id) => id + new string('W', 128 - id.Length);
        model = model with
        {
            Devices = [.. model.Devices.Select(Long)],
            Data = model.Data with
            {
                Rows =
                [
                    .. model.Data.Rows.Select(row =>
                        row with
                        {
                            DeviceId = Long(row.DeviceId),
                            Outcome = row.Outcome with { Planned = 1_893_412, Remaining = 1_893_412 },
                            Included = 1_893_412,
                        }
                    ),
                ],
            },
        };
        await using Chromium browser = await Chromium.StartAsync();

        await OpenAsync(browser, model, $"report-many-{look}-{width}.html");
        if (look == "print")
            await browser.EmulatePaperAsync(width);
        else
            await browser.EmulateAsync(look, width);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, $"report-many-{look}-{width}.png"), width);

        Assert.True(
            (bool)(await browser.EvaluateAsync("document.documentElement.scrollWidth <= innerWidth"))!,
            $"{await browser.EvaluateAsync(WidestElements)}"
        );
        string wrong = (string)
            (
                await browser.EvaluateAsync(
                    """
                    (() => {
                      document.querySelectorAll('details').forEach(one => one.open = true);
                      const wrong = [];
                      for (const cell of document.querySelectorAll('th,td,dt,dd,p,.badge,summary'))
                        if (cell.getClientRects().length && cell.scrollWidth > cell.clientWidth + 1 && !cell.closest('.scroll') && !(cell.closest('thead') && getComputedStyle(cell.closest('thead')).position === 'absolute') && getComputedStyle(cell).display !== 'inline')
                          wrong.push(`wide ${cell.tagName} ${cell.className} ${cell.textContent.slice(0, 40)}`);
                      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                      for (let node; node = walker.nextNode();) {
                        if (!node.parentElement.getClientRects().length || node.parentElement.closest('svg,style,bdi,code,.place,.what')) continue;
                        for (const word of node.data.matchAll(/[^\s\u2010-]+/g)) {
                          if (word[0].length > 24) continue;
                          const range = document.createRange();
                          range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
                          const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
                          if (lines.size > 1) wrong.push(`broken ${node.parentElement.tagName} ${word[0]}`);
                        }
                      }
                      return [...new Set(wrong)].slice(0, 12).join('; ');
                    })()
                    """
                )
            )!;
        Assert.True(wrong.Length == 0, wrong);
    }

    [ChromiumFact]
    public async Task Report_Printed_FillsItsPagesWithLabelsThatCanBeRead()
    {
        ReportModel model = await ReportSample.FromSandboxAsync("dev1");
        await using Chromium browser = await Chromium.StartAsync();

        await OpenAsync(browser, model, "report-paper.html");
        await browser.EmulatePaperAsync(688);

        // 688 pixels are the 182 mm between the margins of a page: a pixel is three quarters of a point.
        double points = (double)
            (
                await browser.EvaluateAsync(
                    "Math.min(...[...document.querySelectorAll('svg.picture')].filter(one => one.getClientRects().length).flatMap(one => "
                        + "[...one.querySelectorAll('text')].map(text => parseFloat(getComputedStyle(text).fontSize) * "
                        + "one.getBoundingClientRect().width / one.viewBox.baseVal.width * .75)))"
                )
            )!;
        Assert.True(points >= 6.5, $"The smallest label has {points:0.0} points.");

        // No picture is so tall that it leaves most of a page empty before it, and nothing asks for a new page.
        double tallest = (double)
            (
                await browser.EvaluateAsync(
                    "Math.max(...[...document.querySelectorAll('svg.picture')].map(one => one.getBoundingClientRect().height)) / 1002"
                )
            )!;
        Assert.True(tallest <= .5, $"A picture takes {tallest:P0} of a page.");
        Assert.Equal(
            0,
            (int)
                (
                    await browser.EvaluateAsync(
                        "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).breakBefore === 'page').length"
                    )
                )!
        );
        await browser.PrintAsync(Path.Combine(Artifacts, "report-paper.pdf"));
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
        Assert.Equal(
            0,
            (int)
                (
                    await browser.EvaluateAsync(
                        "document.querySelectorAll('script,img,iframe,object,embed,base,link,form,input,use,image,foreignObject,animate,set,marquee').length"
                    )
                )!
        );
        Assert.Equal(1, (int)(await browser.EvaluateAsync("document.querySelectorAll('style').length"))!);
        Assert.Null(await browser.EvaluateAsync("window.broken ?? null"));
        await browser.EmulateAsync("light", 1280);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "report-hostile.png"), 1280);
    }

    [ChromiumFact]
    public async Task Report_OfManyLocations_DrawsNoLabelOverAnother()
    {
        ReportModel model = ReportSample.Synthetic(
            [.. Enumerable.Repeat(Enum.GetValues<Verdict>(), 8).SelectMany(all => all)],
            text => text + new string('W', 70),
            devices: 3
        );
        await using Chromium browser = await Chromium.StartAsync();

        await OpenAsync(browser, model, "report-large.html");
        await browser.EmulateAsync("light", 1280);
        await browser.ScreenshotAsync(Path.Combine(Artifacts, "report-large.png"), 1280);

        Assert.Equal(
            0,
            (int)
                (
                    await browser.EvaluateAsync(
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
                        """
                    )
                )!
        );
        Assert.True(
            (bool)
                (
                    await browser.EvaluateAsync(
                        "[...document.querySelectorAll('svg.picture g text')].every(text => { const box = "
                            + "text.closest('g').querySelector('rect').getBoundingClientRect(), own = text.getBoundingClientRect(); "
                            + "return own.left >= box.left && own.right <= box.right + 1; })"
                    )
                )!
        );
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
        string picture = (string)
            (await browser.EvaluateAsync("[...document.querySelectorAll('svg.picture .word')].map(word => word.textContent).join(' ')"))!;
        Assert.All(verdicts.Distinct(), verdict =>
        {
            Assert.Contains(verdict.ToString(), text, StringComparison.Ordinal);
            Assert.Contains(verdict.ToString(), picture, StringComparison.Ordinal);
        });
    }

    private static string FindArtifacts() => Directory.CreateDirectory(Path.Combine(RepositoryPaths.Root, "artifacts", "test")).FullName;
}
