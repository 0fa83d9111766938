using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Reports;

/// <summary>
/// Writes the report of a request: one HTML file that needs no script and no network, for people who do not have the tool.
/// </summary>
internal static class HtmlReport
{
    private static readonly (string Id, string Heading)[] Contents =
    [
        (RoutePicture.SectionId, "Where the data went"),
        (TimelineSection.SectionId, "Timeline"),
        (LocationSection.SectionId, "Locations"),
        (DeviceSection.SectionId, "Devices"),
        (OmissionSection.HoldsId, "Holds"),
        (OmissionSection.SectionId, "What is not included"),
        (EvidenceSection.SectionId, "Evidence"),
        (EvidenceSection.LegendId, "Verdicts"),
    ];

    /// <summary>Writes the report as UTF-8; the stream stays open.</summary>
    public static void Write(ReportModel model, Stream stream)
    {
        var facts = new ReportFacts(model);
        using var html = new MarkupWriter(stream);
        using (html.Element(Tag.Html, (Attribute.Lang, "en")))
        {
            Head(html, facts);
            using (html.Element(Tag.Body))
            {
                html.Element(Tag.A, "Skip to the report", (Attribute.Class, "skip"), (Attribute.Href, "#main"));
                Header(html, facts);
                Navigation(html);
                using (html.Element(Tag.Main, (Attribute.Id, "main")))
                    Main(html, facts);
                Footer(html, model);
            }
        }
    }

    private static void Head(MarkupWriter html, ReportFacts facts)
    {
        using (html.Element(Tag.Head))
        {
            html.Empty(Tag.Meta, (Attribute.Charset, "utf-8"));
            html.Empty(
                Tag.Meta,
                (Attribute.HttpEquiv, "Content-Security-Policy"),
                (Attribute.Content, ReportStyle.Instance.ContentSecurityPolicy)
            );
            html.Empty(Tag.Meta, (Attribute.Name, "viewport"), (Attribute.Content, "width=device-width, initial-scale=1"));
            html.Empty(Tag.Meta, (Attribute.Name, "color-scheme"), (Attribute.Content, "light dark"));
            html.Empty(Tag.Meta, (Attribute.Name, "referrer"), (Attribute.Content, "no-referrer"));
            html.Element(Tag.Title, $"{ReportSummary.Title(facts.Model.Kind)}: {facts.Model.RequestId}");
            html.Style(ReportStyle.Instance);
        }
    }

    private static void Header(MarkupWriter html, ReportFacts facts)
    {
        ReportModel model = facts.Model;
        using (html.Element(Tag.Header))
        {
            html.Element(Tag.P, "Data subject request", (Attribute.Class, "eyebrow"));
            html.Element(Tag.H1, ReportSummary.Title(model.Kind));
            using (html.Element(Tag.Div, (Attribute.Class, $"outcome {VerdictLook.Of(facts.Verdict).CssClass}")))
            {
                using (html.Element(Tag.P, (Attribute.Class, "overall")))
                {
                    html.Element(Tag.Span, "Overall verdict ", (Attribute.Class, "label"));
                    html.Badge(facts.Verdict);
                }

                html.Element(Tag.P, ReportSummary.Headline(facts), (Attribute.Class, "headline"));
                html.Element(Tag.P, ReportSummary.Numbers(facts), (Attribute.Class, "numbers"));
                Tally(html, facts);
            }

            using (html.Element(Tag.Dl, (Attribute.Class, "facts")))
                Facts(html, facts);
        }
    }

    private static void Tally(MarkupWriter html, ReportFacts facts)
    {
        using (html.Element(Tag.Ul, (Attribute.Class, "badges"), (Attribute.AriaLabel, "Locations by verdict")))
        {
            foreach (
                IGrouping<Verdict, LocationSummary> verdict in facts
                    .Locations.GroupBy(static location => location.Verdict)
                    .OrderByDescending(static group => group.Key)
            )
            {
                using (html.Element(Tag.Li))
                    html.Badge(verdict.Key, Counted.Of(verdict.Count(), "location"));
            }
        }
    }

    private static void Facts(MarkupWriter html, ReportFacts facts)
    {
        ReportModel model = facts.Model;
        using (html.Fact("Request"))
            Value(html, model.RequestId);
        using (html.Fact("IoT hub"))
            Value(html, model.HubHostName);
        if (model.Scope is { } scope)
        {
            using (html.Fact("Asked for"))
                Value(html, scope);
        }

        using (html.Fact("Received"))
        using (html.Element(Tag.Dd))
            html.Time(model.ReceivedAt);
        using (html.Fact(model.Extension is null ? "Answer due" : "Answer due, extended"))
        using (html.Element(Tag.Dd))
            html.Time(facts.AnswerBy);
        if (model.Extension is { } extension)
        {
            using (html.Fact("Reason for the extension"))
                Value(html, extension.Reason);
        }

        using (html.Fact("Performed by"))
            Value(html, model.Performer ?? "not recorded");
        using (html.Fact("Verified by"))
            Value(html, model.Verifier ?? "nobody other than the performer");
    }

    private static void Value(MarkupWriter html, string text)
    {
        using (html.Element(Tag.Dd))
            html.Data(text);
    }

    private static void Navigation(MarkupWriter html)
    {
        using (html.Element(Tag.Nav, (Attribute.AriaLabel, "Contents")))
        using (html.Element(Tag.Ul))
        {
            foreach ((string id, string heading) in Contents)
            {
                using (html.Element(Tag.Li))
                    html.Element(Tag.A, heading, (Attribute.Href, "#" + id));
            }
        }
    }

    private static void Main(MarkupWriter html, ReportFacts facts)
    {
        RoutePicture.Write(html, facts);
        TimelineSection.Write(html, facts);
        LocationSection.Write(html, facts);
        DeviceSection.Write(html, facts);
        OmissionSection.Write(html, facts);
        EvidenceSection.Write(html, facts.Model);
    }

    private static void Footer(MarkupWriter html, ReportModel model)
    {
        using (html.Element(Tag.Footer))
        using (html.Element(Tag.P))
        {
            html.Text($"Written by IotHubDsr {model.ToolVersion} on ");
            html.Time(model.WrittenAt);
            html.Text(". All times are UTC. To check the outcome offline, use the certificate, not this page.");
        }
    }
}
