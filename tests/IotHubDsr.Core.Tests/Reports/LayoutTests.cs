using CsCheck;
using IotHubDsr.Core.Reports;

namespace IotHubDsr.Core.Tests.Reports;

public sealed class LayoutTests
{
    private static readonly Gen<Verdict[]> Verdicts = Gen.Int[0, 8].Select(verdict => (Verdict)verdict).Array[1, 200];

    [Fact]
    public void RouteGraph_OneToTwoHundredSinks_DrawsNoBoxOverAnotherAndAllWithin() =>
        Verdicts.Sample(
            verdicts =>
            {
                RouteGraph graph = Graph(verdicts);

                AssertApart([.. graph.Sinks.Select(sink => sink.Box)], graph.Height);
                AssertApart([.. graph.Ways.Select(way => way.Box)], graph.Height);
                Assert.True(graph.Hub.Y >= 0 && graph.Hub.Bottom <= graph.Height);
                Assert.All(graph.Sinks, sink => Assert.Contains(graph.Edges, edge => edge.Sink == sink));
                Assert.All(graph.Ways, way => Assert.Contains(graph.Edges, edge => edge.Way == way));
            },
            iter: Repetitions.Of(50)
        );

    [Fact]
    public void RouteGraph_ManySinks_HidesOnlyWhatIsAbsentOrErased() =>
        Verdicts.Sample(
            verdicts =>
            {
                RouteGraph graph = Graph(verdicts);

                for (int index = 0; index < verdicts.Length; index++)
                {
                    if (verdicts[index] > Verdict.Erased)
                    {
                        Assert.Contains(graph.Sinks, sink =>
                            sink.Place == $"stcontoso/telemetry-{index}" && sink.Verdict == verdicts[index]
                        );
                    }
                }

                Assert.All(verdicts.Distinct(), verdict => Assert.Contains(graph.Sinks, sink => sink.Verdict == verdict));
                if (verdicts.Length <= RouteGraph.MaxSinks)
                    Assert.Equal(verdicts.Length, graph.Sinks.Count);
            },
            iter: Repetitions.Of(50)
        );

    [Fact]
    public void RouteGraph_NoLocation_IsTheHubAlone()
    {
        RouteGraph graph = Graph([]);

        Assert.Empty(graph.Sinks);
        Assert.True(graph.Height >= graph.Hub.Height);
    }

    [Theory]
    [InlineData("route 'all' (DeviceMessages, condition \"true\") → endpoint 'raw'", "route 'all'")]
    [InlineData("event subscription 'to-queue' (DeviceCreated) → storage queue", "event subscription 'to-queue'")]
    [InlineData("diagnostic setting 'to-storage' (Connections) → storage account, containers x", "diagnostic setting 'to-storage'")]
    [InlineData("file upload: devices of the hub store files in container 'uploads'", "file upload")]
    [InlineData("something that nobody thought of", "something that nobody thought of")]
    public void RouteWay_Sentence_IsNamedByWhatComesBeforeTheArrow(string sentence, string label) =>
        Assert.Equal([label], RouteWay.Labels(new ReportLocation("id", LocationKinds.EventHub, "place", [sentence])));

    [Fact]
    public void RouteWay_SettingsWhoseNamesGoOnInBrackets_AreBoxesOfTheirOwn()
    {
        DataWay prod = new()
        {
            Kind = DataWayKind.DiagnosticSetting,
            Name = "Logs (prod)",
            Carries = ["Routes"],
            Target = "event hub",
        };
        DataWay[] ways = [prod, prod with { Name = "Logs (test)" }, DataWay.Remark("endpoint 'x' is unhealthy → nothing")];
        var location = new DataLocation
        {
            Id = "id",
            Kind = LocationKinds.EventHub,
            Place = "place",
            Ways = ways,
        };

        Assert.Equal(
            ["diagnostic setting 'Logs (prod)'", "diagnostic setting 'Logs (test)'"],
            RouteWay.Labels(ReportLocation.From(location))
        );
    }

    [Fact]
    public void Timeline_AnyDates_MarksAndLabelsStandApart() =>
        Gen.Int[-1000, 200_000]
            .Array[0, 60]
            .Sample(minutes =>
            {
                ReportModel model = ReportSample.Synthetic([Verdict.Erased, Verdict.Expiring], text => text);
                model = model with
                {
                    Events = [.. minutes.Select(minute => new ReportEvent(model.ReceivedAt.AddMinutes(minute), "Happened"))],
                };
                var facts = new ReportFacts(model);
                var layout = TimelineLayout.Of(facts.Timeline, model.WrittenAt);

                Assert.Equal(facts.Timeline.Count, layout.Marks.Sum(mark => mark.Last - mark.First + 1));
                Assert.All(layout.Marks.Zip(layout.Marks.Skip(1)), pair =>
                    Assert.True(
                        pair.First.X + (pair.First.Width / 2) <= pair.Second.X - (pair.Second.Width / 2),
                        $"{pair.First} {pair.Second}"
                    )
                );
                Assert.All(layout.Marks, mark => Assert.InRange(mark.X, mark.Width / 2, TimelineLayout.Width - (mark.Width / 2)));
                Assert.Equal(4, layout.Labels.Count);
            });

    [Fact]
    public void Fit_AnyText_IsNotWiderThanItsRoom() =>
        Gen.Select(Gen.String, Gen.Int[20, 400])
            .Sample(
                (text, width) => Assert.True(SvgLabel.Width(SvgLabel.Fit(text, width, 13), 13) <= Math.Max(width, SvgLabel.Width("…", 13)))
            );

    private static RouteGraph Graph(Verdict[] verdicts) =>
        RouteGraph.Of(LocationSummary.Of(ReportSample.Synthetic(verdicts, text => text)));

    private static void AssertApart(GraphBox[] boxes, double height)
    {
        Assert.All(boxes, box => Assert.True(box.Y >= -0.01 && box.Bottom <= height + 0.01, $"{box} in {height}"));
        Assert.All(boxes.Zip(boxes.Skip(1)), pair => Assert.True(pair.First.Bottom <= pair.Second.Y + 0.01, $"{pair.First} {pair.Second}"));
    }
}
