namespace IotHubDsr.Core.Reports;

/// <summary>The table of locations: what each is, why it is included, how it stands there. The worst come first.</summary>
internal static class LocationSection
{
    public const string SectionId = "locations";

    private const int MaxSentences = 4;

    public static void Write(MarkupWriter html, ReportFacts facts)
    {
        using (html.Section(SectionId, "Locations"))
        {
            html.Element(
                Tag.P,
                "Every place that the hub's configuration leads to, the least settled first. Numbers are records of the devices of this "
                    + "request; other devices' records in the same place are neither counted nor touched."
            );
            using (
                html.Table(
                    $"{Counted.Of(facts.Locations.Count, "location")}, with the verdict on the devices' data",
                    ("Location", false),
                    ("Why it is included", false),
                    ("Verdict", false),
                    ("Records", false)
                )
            )
            {
                foreach (LocationSummary location in facts.Locations.OrderByDescending(static location => location.Verdict))
                    Row(html, facts, location);
            }
        }
    }

    private static void Row(MarkupWriter html, ReportFacts facts, LocationSummary location)
    {
        using (html.Element(Tag.Tr))
        {
            using (html.Element(Tag.Th, (Attribute.Scope, "row"), (Attribute.DataLabel, "Location")))
            {
                html.Element(Tag.Bdi, location.Location.Place, (Attribute.Class, "place"));
                html.Element(Tag.Span, location.Location.Kind, (Attribute.Class, "kind"));
                html.Element(Tag.Code, location.Location.Id);
            }

            using (html.Element(Tag.Td, (Attribute.DataLabel, "Why it is included")))
                Sentences(html, location.Location.Provenance, "Not recorded.");
            using (html.Element(Tag.Td, (Attribute.DataLabel, "Verdict")))
                Verdicts(html, facts, location);
            using (html.Element(Tag.Td, (Attribute.DataLabel, "Records")))
            using (html.Element(Tag.Dl, (Attribute.Class, "counts")))
            {
                foreach ((string label, string number) in Numbers(facts, location))
                {
                    using (html.Fact(label))
                        html.Element(Tag.Dd, number);
                }
            }
        }
    }

    private static void Verdicts(MarkupWriter html, ReportFacts facts, LocationSummary location)
    {
        using (html.Element(Tag.Div, (Attribute.Class, "badges")))
        {
            foreach ((Verdict verdict, int devices) in location.Devices)
                html.Badge(verdict, facts.DeviceCount > 1 ? Counted.Of(devices, "device") : null);
        }

        if (location.Recipient is { } recipient)
            Recipient(html, recipient, location.HasOwnerActed);

        if (location.Until is { } until && !location.IsSettled)
        {
            using (html.Element(Tag.P, (Attribute.Class, "until")))
            {
                html.Text("Until ");
                html.Time(until);
            }
        }

        string[] details =
        [
            .. location.Details.Select(detail =>
                facts.DeviceCount > 1 ? $"{detail.Text} ({Counted.Of(detail.Devices, "device")})" : detail.Text
            ),
        ];
        if (details.Length > 0)
            Sentences(html, details, string.Empty);
    }

    private static void Recipient(MarkupWriter html, ReportRecipient recipient, bool hasActed)
    {
        if (recipient.AskedAt is { } asked)
        {
            using (html.Element(Tag.P))
            {
                html.Text("A request to its recipient was written on ");
                html.Time(asked);
                html.Text(recipient.File is null ? ", and is gone: " : ": ");
                if (recipient.File is { } file)
                {
                    html.Data(file);
                    html.Text(", ");
                }

                html.Element(Tag.Code, recipient.Digest ?? string.Empty);
            }
        }

        if (!hasActed)
            return;
        using (html.Element(Tag.P))
        {
            html.Text("Its owner's action is recorded as done");
            if (recipient.ActedAt is { } acted)
            {
                html.Text(", on ");
                html.Time(acted);
            }

            html.Text(recipient.Note is null ? "." : ": ");
            if (recipient.Note is { } note)
                html.Data(note);
        }
    }

    private static void Sentences(MarkupWriter html, IReadOnlyList<string> sentences, string otherwise)
    {
        if (sentences.Count == 0)
            html.Element(Tag.P, otherwise, (Attribute.Class, "none"));
        foreach (string sentence in sentences.Take(MaxSentences))
        {
            using (html.Element(Tag.P))
                html.Data(sentence);
        }

        if (sentences.Count > MaxSentences)
            html.Element(Tag.P, $"and {sentences.Count - MaxSentences} more, in the certificate.", (Attribute.Class, "none"));
    }

    private static IEnumerable<(string Label, string Number)> Numbers(ReportFacts facts, LocationSummary location)
    {
        yield return (
            "Found",
            facts.HasExport && !location.IsCounted && location.Found is not > 0 ? Counted.Unknown : ReportParts.Count(location.Found)
        );
        if (facts.HasErasure)
        {
            yield return ("Erased", ReportParts.Count(location.Erased));
            yield return ("Remaining", ReportParts.Count(location.Remaining));
        }

        if (facts.HasExport)
        {
            yield return ("Included", ReportParts.Count(location.Included));
            yield return ("Withheld", ReportParts.Count(location.Withheld));
            yield return ("Unreachable", location.IsCounted ? ReportParts.Count(location.Unreachable) : Counted.Unknown);
        }
    }
}
