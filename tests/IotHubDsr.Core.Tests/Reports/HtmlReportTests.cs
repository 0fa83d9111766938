using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Reports;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Reports;

public sealed class HtmlReportTests
{
    private static readonly string[] Elements =
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "nav",
        "main",
        "section",
        "footer",
        "h1",
        "h2",
        "h3",
        "p",
        "div",
        "span",
        "bdi",
        "code",
        "time",
        "a",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "svg",
        "g",
        "desc",
        "path",
        "rect",
        "line",
        "text",
    ];

    private static readonly Gen<string> Known = Gen.Int[0, HostileText.All.Count - 1].Select(index => HostileText.All[index]);

    private static readonly Gen<string> Hostile = Gen.OneOf(
        Known,
        Known.Array[2, 4].Select(string.Concat),
        Gen.Char.Array[1, 12].Select(characters => new string(characters))
    );

    [Fact]
    public void Write_AnyReport_HasOnlyKnownElementsAndRefersToNothingOutside()
    {
        string html = ReportSample.Html(ReportSample.Synthetic(Enum.GetValues<Verdict>(), text => text, devices: 3));
        IDocument document = Parse(html);

        Assert.Empty(document.All.Select(element => element.LocalName).Except(Elements));
        Assert.All(document.All.SelectMany(element => element.Attributes), attribute =>
        {
            Assert.False(attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase), attribute.Name);
            Assert.NotEqual("style", attribute.Name);
            Assert.False(attribute.Name is "src" or "srcset" or "action" or "xlink:href", attribute.Name);
            Assert.True(attribute.Name != "href" || attribute.Value.StartsWith('#'), attribute.Value);
        });
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AnyReport_AllowsItsOwnStyleSheetAlone()
    {
        IDocument document = Parse(ReportSample.Html(ReportSample.Synthetic([Verdict.Absent], text => text)));

        string style = Assert.Single(document.QuerySelectorAll("style")).TextContent;
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        string policy = document.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")!;
        Assert.StartsWith($"default-src 'none'; style-src 'sha256-{digest}';", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AnyReport_CanBeReadWithoutSight()
    {
        IDocument document = Parse(ReportSample.Html(ReportSample.Synthetic(Enum.GetValues<Verdict>(), text => text, devices: 3)));

        Assert.Equal("en", document.DocumentElement.GetAttribute("lang"));
        Assert.NotEmpty(document.Title!);
        Assert.All(new[] { "header", "nav", "main", "footer", "h1" }, name => Assert.Single(document.QuerySelectorAll(name)));
        Assert.Equal("#main", document.Body!.Children[0].GetAttribute("href"));
        int level = 0;
        foreach (int next in document.QuerySelectorAll("h1,h2,h3").Select(heading => heading.LocalName[1] - '0'))
        {
            Assert.True(next <= level + 1);
            level = next;
        }

        Assert.All(document.QuerySelectorAll("table"), table => Assert.NotEmpty(table.QuerySelector("caption")!.TextContent));
        Assert.All(document.QuerySelectorAll("th"), cell => Assert.True(cell.GetAttribute("scope") is "col" or "row"));
        Assert.All(document.QuerySelectorAll("svg.picture:not(.paper)"), picture =>
        {
            Assert.Equal("img", picture.GetAttribute("role"));
            Assert.All(picture.GetAttribute("aria-labelledby")!.Split(' '), id =>
                Assert.NotEmpty(document.GetElementById(id)!.TextContent)
            );
        });
        Assert.All(document.QuerySelectorAll("svg.symbol,svg.paper"), symbol => Assert.Equal("true", symbol.GetAttribute("aria-hidden")));
        Assert.All(document.QuerySelectorAll("a"), link => Assert.NotNull(document.GetElementById(link.GetAttribute("href")![1..])));
        string[] ids = [.. document.QuerySelectorAll("[id]").Select(element => element.Id!)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Write_EveryVerdict_StandsAsAWordInTheTableThePictureAndTheLegend()
    {
        IDocument document = Parse(ReportSample.Html(ReportSample.Synthetic(Enum.GetValues<Verdict>(), text => text)));

        Assert.All(Enum.GetNames<Verdict>(), verdict =>
        {
            Assert.Contains(document.QuerySelectorAll("#locations .badge"), badge => badge.TextContent == verdict);
            Assert.Contains(document.QuerySelectorAll("#routes .word"), word => word.TextContent == verdict);
            Assert.Contains(document.QuerySelectorAll("#verdicts .badge"), badge => badge.TextContent == verdict);
        });
        Assert.Equal(VerdictLook.All.Count, VerdictLook.All.Select(look => look.Shape).Distinct().Count());
        Assert.Equal("Unknown", document.QuerySelector(".overall .badge")!.TextContent);
    }

    [Fact]
    public void Write_DeviceWithoutARow_IsUnknownAndNeverGreen()
    {
        ReportModel model = ReportSample.Synthetic([Verdict.Absent, Verdict.Erased], text => text, devices: 2);
        model = model with { Data = model.Data with { Rows = [.. model.Data.Rows.Skip(1)] } };

        Assert.Equal(Verdict.Unknown, new ReportFacts(model).Verdict);
        Assert.Equal(Verdict.Unknown, new ReportFacts(model with { Data = new ReportData([], []) }).Verdict);
        Assert.Equal(Verdict.Unknown, new ReportFacts(model with { Data = model.Data with { Rows = [] } }).Verdict);
    }

    [Theory]
    [InlineData(6, "Some data is not erased yet")]
    [InlineData(0, "All data that was found was erased")]
    public void Headline_OfAPendingErasure_SaysWhetherSomethingIsLeft(long remaining, string headline)
    {
        ReportModel model = ReportSample.Synthetic([Verdict.ErasurePending, Verdict.Erased], text => text);
        ReportRow pending = model.Data.Rows[0];
        pending = pending with { Outcome = pending.Outcome with { Remaining = remaining } };
        model = model with { Data = model.Data with { Rows = [pending, model.Data.Rows[1]] } };

        Assert.StartsWith(headline, ReportSummary.Headline(new ReportFacts(model)), StringComparison.Ordinal);
    }

    [Fact]
    public void Headline_OfAnExport_SpeaksOfNoErasure() => Assert.All(Enum.GetValues<Verdict>(), verdict =>
        {
            ReportModel model = ReportSample.Synthetic([verdict], text => text) with { Kind = ReportKind.Access };

            Assert.True(
                verdict is Verdict.Erased or Verdict.ErasurePending
                    || !ReportSummary.Headline(new ReportFacts(model)).Contains("erased", StringComparison.Ordinal)
            );
        });

    [Theory]
    [InlineData(Verdict.OwnerAction, "not counted")]
    [InlineData(Verdict.Unreachable, "not counted")]
    [InlineData(Verdict.Expiring, "not counted")]
    [InlineData(Verdict.Absent, "0")]
    public void Write_LocationThatNobodyCounted_HasNoNumbers(Verdict verdict, string number)
    {
        ReportModel model = ReportSample.Synthetic([verdict], text => text);
        long? known = number == "0" ? 0 : null;
        model = model with
        {
            Data = model.Data with
            {
                Rows =
                [
                    model.Data.Rows[0] with
                    {
                        Outcome = new SubjectOutcome(model.Data.Rows[0].Outcome.Verdict, known, known, known),
                        Included = 0,
                        Withheld = 0,
                        Unreachable = 0,
                    },
                ],
            },
        };

        IDocument document = Parse(ReportSample.Html(model));

        Assert.All(new[] { "Found", "Remaining" }, label =>
            Assert.Equal(
                number,
                Assert
                    .Single(document.QuerySelectorAll("#locations dl.counts div"), fact => fact.FirstElementChild!.TextContent == label)
                    .LastElementChild!.TextContent
            )
        );
    }

    [Fact]
    public void Headline_HubsOperatorHasToAct_SaysSo()
    {
        ReportModel model = ReportSample.Synthetic([Verdict.Erased, Verdict.OwnerAction, Verdict.OwnerAction], text => text);
        ReportLocation[] locations = [.. model.Data.Locations];
        locations[1] = locations[1] with { Kind = LocationKinds.Configurations };
        var both = new ReportFacts(model with { Data = model.Data with { Locations = [.. locations] } });
        locations[2] = locations[2] with { Kind = LocationKinds.GatewayChildren };
        var operators = new ReportFacts(model with { Data = model.Data with { Locations = [.. locations] } });

        Assert.Equal(
            "In some places the hub's operator, or someone else, has to act; see below who and what.",
            ReportSummary.Headline(both)
        );
        Assert.Contains(
            "1 needs an action of the hub's operator; 1 needs an action of its owner",
            ReportSummary.Numbers(both),
            StringComparison.Ordinal
        );
        Assert.Equal("In some places the hub's operator has to act; see below what.", ReportSummary.Headline(operators));
        Assert.Contains("2 need an action of the hub's operator", ReportSummary.Numbers(operators), StringComparison.Ordinal);
        Assert.DoesNotContain("of their owner", ReportSummary.Numbers(operators), StringComparison.Ordinal);
    }

    [Fact]
    public void Headline_OwnersHaveActed_IsThatOfTheOtherPlacesAndSaysThatItIsNoted()
    {
        ReportModel model = ReportSample.Synthetic([Verdict.Erased, Verdict.OwnerAction, Verdict.OwnerAction], text => text);
        string[] owners = [.. model.Data.Locations.Skip(1).Select(location => location.Id)];
        var one = new ReportFacts(model with { Recipients = Acted(owners.Take(1)) });
        var all = new ReportFacts(model with { Recipients = Acted(owners) });

        Assert.StartsWith("In some places someone else has to act", ReportSummary.Headline(one), StringComparison.Ordinal);
        Assert.EndsWith(
            "Some of the actions required of others are recorded as done, others are not.",
            ReportSummary.Headline(one),
            StringComparison.Ordinal
        );
        Assert.Contains("1 needs an action of its owner", ReportSummary.Numbers(one), StringComparison.Ordinal);
        Assert.Equal(
            "All data that was found was erased, and a second reading found none of it. Where someone else had to act, the action is "
                + "recorded as done.",
            ReportSummary.Headline(all)
        );
        Assert.Contains("2 were handled by their owners, as recorded", ReportSummary.Numbers(all), StringComparison.Ordinal);
        Assert.DoesNotContain("need an action", ReportSummary.Numbers(all), StringComparison.Ordinal);

        // What is noted is nobody's reading: the verdict stays.
        Assert.Equal(Verdict.OwnerAction, all.Verdict);
    }

    [Fact]
    public void Write_AnswerOfARecipient_IsText()
    {
        ReportModel model = ReportSample.Synthetic([Verdict.OwnerAction], text => text);
        string id = model.Data.Locations[0].Id;

        Assert.All(HostileText.All, hostile =>
        {
            var recipient = new ReportRecipient(ReportSample.Received, hostile, hostile, HasActed: true, ReportSample.Received, hostile);
            IDocument document = Parse(
                ReportSample.Html(model with { Recipients = new Dictionary<string, ReportRecipient> { [id] = recipient } })
            );

            Assert.Empty(document.All.Select(element => element.LocalName).Except(Elements));
            Assert.Equal(
                [VisibleText.Of(hostile), VisibleText.Of(hostile)],
                document.QuerySelectorAll("#locations td:nth-child(3) bdi").Take(2).Select(element => element.TextContent)
            );
        });
    }

    private static Dictionary<string, ReportRecipient> Acted(IEnumerable<string> locations) =>
        locations.ToDictionary(
            static location => location,
            static _ => new ReportRecipient(AskedAt: null, File: null, Digest: null, HasActed: true, ActedAt: null, Note: null),
            StringComparer.Ordinal
        );

    [Fact]
    public void Headline_OwnerHasActedAndDataIsFoundThere_IsStillThatDataIsThere()
    {
        ReportModel model = ReportSample.Synthetic([Verdict.Present], text => text);

        Assert.StartsWith(
            "Some places still hold data",
            ReportSummary.Headline(new ReportFacts(model with { Recipients = Acted([model.Data.Locations[0].Id]) })),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Write_VerdictOfALaterVersion_IsUnknown()
    {
        ReportModel model = ReportSample.Synthetic([(Verdict)99], text => text);

        Assert.Equal("Unknown", Parse(ReportSample.Html(model)).QuerySelector(".overall .badge")!.TextContent);
    }

    [Fact]
    public void Write_MoreDevicesThanAPageCarries_SaysHowManyAreElsewhere()
    {
        IDocument document = Parse(
            ReportSample.Html(ReportSample.Synthetic([.. Enumerable.Repeat(Verdict.Erased, 10)], text => text, devices: 3000))
        );

        Assert.Equal(DeviceSection.MaxDevices, document.QuerySelectorAll("#devices tbody tr").Length);
        Assert.Contains("2,800 more devices", document.QuerySelector("#devices")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HostileTextInEveryField_IsTextAndChangesNoElement()
    {
        IDocument plain = Parse(ReportSample.Html(ReportSample.Synthetic(Enum.GetValues<Verdict>(), text => text)));
        string[] structure = Structure(plain);

        Hostile.Sample(
            hostile =>
            {
                IDocument document = Parse(ReportSample.Html(ReportSample.Synthetic(Enum.GetValues<Verdict>(), text => hostile + text)));

                Assert.Equal(structure, Structure(document));
                string shown = VisibleText.Of(hostile);
                Assert.Equal($"{shown}thermostat-1", document.QuerySelector("#devices tbody bdi")!.TextContent);
                Assert.Equal($"{shown}The detail.", document.QuerySelector("#locations td:nth-child(3) bdi")!.TextContent);
                Assert.Equal($"{shown}J. Okafor", document.QuerySelectorAll(".facts dd")[^1].TextContent);
                Assert.StartsWith("Where the data", document.GetElementById("routes-t")!.TextContent, StringComparison.Ordinal);
                Assert.Contains(
                    $"{shown}stcontoso/telemetry-8",
                    document.QuerySelectorAll("#routes .sink > title").Select(Place).ToArray()
                );
            },
            iter: Repetitions.Of(50)
        );

        static string Place(IElement title) =>
            title.TextContent[title.TextContent.IndexOf("RoutedBlobContainer ", StringComparison.Ordinal)..][
                "RoutedBlobContainer ".Length..^": Unknown".Length
            ];
    }

    /// <summary>
    /// Every element with its attributes and parent, and every sort of element of a picture: a picture joins ways of the same name, so that
    /// texts decide how many it has, and in which order.
    /// </summary>
    private static string[] Structure(IDocument document)
    {
        ILookup<bool, string> elements = document.All.ToLookup(
            element => element.Closest("svg.picture") is not null,
            element =>
                $"{element.LocalName} {string.Join(' ', element.Attributes.Select(attribute => attribute.Name))} {element.ClassName} "
                + $"{element.ParentElement?.LocalName}"
        );
        return [.. elements[false], .. elements[true].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
