using System.Text;

namespace IotHubDsr.Core.Records;

/// <summary>
/// Gathers the devices that one record names and says which subjects it concerns. A walker calls <see cref="Reset"/>, then the methods that
/// add, for every name in any order, as records may repeat a key. A record whose sender cannot be determined concerns no subject, but is
/// not known to be nobody's: <see cref="IsUnread"/> marks it.
/// </summary>
internal sealed class RecordMatcher(SubjectIndex subjects)
{
    private readonly SortedSet<int> _laterDevices = [];
    private int[] _senders = new int[4];
    private int[] _attributed = new int[4];
    private int[] _mentioned = new int[4];
    private SubjectMatch[] _matches = new SubjectMatch[8];
    private int _senderCount;
    private int _attributedCount;
    private int _mentionedCount;
    private SenderSource _source;
    private Signs _signs;
    private SourceHub _hub;
    private bool _isUnclear;

    [Flags]
    private enum Signs
    {
        None = 0,
        AttributedElsewhere = 1,
        UnreadableSender = 4,
        UnreadableFields = 8,
        NeedsNoSender = 16,
        SentByOther = 32,
        SentByTwo = 64,
    }

    // The system property as storage endpoints name it, and as every other endpoint does.
    private static ReadOnlySpan<byte> ConnectionDeviceId => "connectionDeviceId"u8;

    private static ReadOnlySpan<byte> ConnectionDeviceIdAnnotation => "iothub-connection-device-id"u8;

    // The application properties that IoT Hub's own notifications, and gateways, name the device in.
    private static ReadOnlySpan<byte> DeviceIdProperty => "deviceId"u8;

    private static ReadOnlySpan<byte> ConnectionDeviceIdProperty => "ConnectionDeviceId"u8;

    /// <summary>Whether a key of this length can be one of the names: quicker than to look at it.</summary>
    public static bool MayBeName(int length) => length is 6 or 8 or 18 or 27;

    public bool HasMatch => (_senderCount | _attributedCount | _mentionedCount) != 0 && !_hub.IsAnother && !IsUnread;

    /// <summary>Whether the record is, beyond doubt, of devices that are no subjects. When it is not, that may be all the same.</summary>
    public bool IsOfOthers =>
        (_senderCount | _attributedCount | _mentionedCount) == 0 && HasSender && (_signs & Signs.UnreadableSender) == 0;

    /// <summary>Whether a sender was read.</summary>
    public bool HasSender => _source is not SenderSource.None;

    /// <summary>Whether the sender cannot be determined, although records of this kind have one.</summary>
    public bool IsUnread =>
        !_hub.IsAnother
        && (
            _hub.IsBoth
            || Has(Signs.UnreadableSender)
            || IsSentByTwo
            || (!HasSender && (!Has(Signs.NeedsNoSender) || Has(Signs.UnreadableFields)))
        );

    /// <summary>Whether names of members count as mentions, too, that are overruled by what the service wrote.</summary>
    public bool CountsOverruled { get; init; }

    /// <inheritdoc cref="RecordOrigin.ListsDevices" />
    public bool ListsDevices { get; } = subjects.Origin is { ListsDevices: true };

    /// <summary>Subjects whose ID another device had later, by a record that was resolved since the walk began.</summary>
    public IReadOnlyCollection<int> LaterDevices => _laterDevices;

    /// <summary>Whether a record that was resolved since the walk began is left out for nothing but the bound of its subject.</summary>
    public bool HasLeftOut { get; private set; }

    /// <summary>Whether a device is asked for.</summary>
    public bool IsSubject(ReadOnlySpan<byte> deviceId) => subjects.TryFind(deviceId, out _);

    /// <summary>Whether a system property names the sender, also as writers spell it that have a naming policy of their own.</summary>
    public static bool NamesSender(ReadOnlySpan<byte> systemProperty) => SenderSourceOf(systemProperty) is not SenderSource.None;

    /// <summary>The hub's annotation of the sender, as every endpoint but storage names it.</summary>
    public static bool NamesSenderAnnotation(ReadOnlySpan<byte> property) => property.SequenceEqual(ConnectionDeviceIdAnnotation);

    /// <summary>Who names the sender in a system property: the hub, by its own spelling, or some writer behind it.</summary>
    public static SenderSource SenderSourceOf(ReadOnlySpan<byte> systemProperty) =>
        systemProperty.SequenceEqual(ConnectionDeviceId) || systemProperty.SequenceEqual(ConnectionDeviceIdAnnotation) ? SenderSource.System
        : Ascii.EqualsIgnoreCase(systemProperty, ConnectionDeviceId) || Ascii.EqualsIgnoreCase(systemProperty, ConnectionDeviceIdAnnotation)
            ? SenderSource.Field
        : SenderSource.None;

    public static bool NamesGeneration(ReadOnlySpan<byte> systemProperty) =>
        systemProperty.SequenceEqual("connectionDeviceGenerationId"u8) || NamesGenerationAnnotation(systemProperty);

    /// <summary>As every endpoint but storage names it.</summary>
    public static bool NamesGenerationAnnotation(ReadOnlySpan<byte> property) =>
        property.SequenceEqual("iothub-connection-auth-generation-id"u8);

    public static bool NamesEnqueuedTime(ReadOnlySpan<byte> systemProperty) =>
        systemProperty.SequenceEqual("enqueuedTime"u8) || systemProperty.SequenceEqual("iothub-enqueuedtime"u8);

    public static bool NamesAttribution(ReadOnlySpan<byte> property) =>
        property.SequenceEqual(DeviceIdProperty) || property.SequenceEqual(ConnectionDeviceIdProperty);

    /// <summary>
    /// The sender's system property as MQTT names it: where a message was passed on, it can stand among the application properties, and
    /// nothing else name the sender.
    /// </summary>
    public static bool NamesSenderOfMqtt(ReadOnlySpan<byte> property) => property.SequenceEqual("$.cdid"u8);

    /// <summary>Whether an application property can name a device.</summary>
    public static bool NamesDevice(ReadOnlySpan<byte> property) => NamesAttribution(property) || NamesSenderOfMqtt(property);

    public void Reset()
    {
        _senderCount = 0;
        _attributedCount = 0;
        _mentionedCount = 0;
        _source = SenderSource.None;
        _signs = Signs.None;
        _hub = default;
    }

    /// <summary>Any entry of Properties or SystemProperties: whether it names a device is judged here.</summary>
    public void AddProperty(bool system, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (system)
        {
            if (SenderSourceOf(key) is not SenderSource.None and var source)
                AddSender(value, source);
        }
        else if (NamesAttribution(key))
        {
            AddAttribution(value);
        }
        else if (NamesSenderOfMqtt(key))
        {
            AddSender(value, SenderSource.Property);
        }
    }

    public void AddSender(ReadOnlySpan<byte> deviceId, SenderSource source)
    {
        if (deviceId.IsEmpty)
            return;

        if (source > _source)
        {
            Overrule(source);
        }
        else if (source < _source)
        {
            AddOverruled(deviceId);
            return;
        }

        if (!subjects.TryFind(deviceId, out int subject))
        {
            _signs |= Signs.SentByOther;
            return;
        }

        if (_senderCount > 0 && _senders[0] != subject)
            _signs |= Signs.SentByTwo;

        Append(ref _senders, ref _senderCount, subject);
    }

    /// <summary>A sender stands where one is expected, in a form that is not a device ID.</summary>
    public void AddUnreadableSender() => _signs |= Signs.UnreadableSender;

    /// <summary>Fields that can name a device are malformed: they may name one.</summary>
    public void AddUnreadableFields() => _signs |= Signs.UnreadableFields;

    /// <summary>Records of this kind need not have a sender: rows of logs, and events of other services.</summary>
    public void NeedsNoSender() => _signs |= Signs.NeedsNoSender;

    public void AddAttribution(ReadOnlySpan<byte> deviceId)
    {
        if (subjects.TryFind(deviceId, out int subject))
            Append(ref _attributed, ref _attributedCount, subject);
        else if (!deviceId.IsEmpty)
            _signs |= Signs.AttributedElsewhere;
    }

    /// <summary>The resource that the record comes from.</summary>
    public void AddSource(ReadOnlySpan<byte> resource) => _hub.Add(subjects.Origin?.IsAnotherHub(resource));

    /// <summary>Name of the hub that the record comes from.</summary>
    public void AddSourceHub(ReadOnlySpan<byte> name) => _hub.Add(subjects.Origin?.IsAnotherHubName(name));

    /// <summary>A text that is the hub's name where the hub wrote it; anything else says nothing.</summary>
    public void AddLikelySourceHub(ReadOnlySpan<byte> text)
    {
        if (subjects.Origin?.IsAnotherHubName(text) == false)
            _hub.Add(isAnother: false);
    }

    /// <summary>A text in the body.</summary>
    public void AddMention(ReadOnlySpan<byte> text)
    {
        if (subjects.TryFind(text, out int subject))
            Append(ref _mentioned, ref _mentionedCount, subject);
    }

    /// <summary>Each subject that the record concerns, once; valid until the next reset.</summary>
    public ReadOnlySpan<SubjectMatch> Resolve(in RecordFacts facts)
    {
        ReadOnlySpan<int> senders = Distinct(_senders, _senderCount);
        ReadOnlySpan<int> attributed = Distinct(_attributed, _attributedCount);
        _isUnclear = CanBeAnotherHubs(senders, facts);
        int count = 0;
        foreach (int sender in senders)
        {
            int ownProperty = attributed.BinarySearch(sender) >= 0 ? 1 : 0;
            bool relayed = Has(Signs.AttributedElsewhere) || attributed.Length > ownProperty;
            Add(sender, relayed ? MatchKind.Relayed : MatchKind.Own, facts, ref count);
        }

        foreach (int subject in attributed)
        {
            if (senders.BinarySearch(subject) < 0)
            {
                Add(
                    subject,
                    IsAttributedBeside(subject, attributed, senders) ? MatchKind.Mentioned : MatchKind.Attributed,
                    facts,
                    ref count
                );
            }
        }

        foreach (int subject in Distinct(_mentioned, _mentionedCount))
        {
            if (senders.BinarySearch(subject) < 0 && attributed.BinarySearch(subject) < 0)
                Add(subject, MatchKind.Mentioned, facts, ref count);
        }

        return _matches.AsSpan(0, count);
    }

    /// <summary>
    /// Whether nothing shows which hub the record is of, where that matters: it neither names its hub nor was sent by a device that the
    /// hub is known to have.
    /// </summary>
    private bool CanBeAnotherHubs(ReadOnlySpan<int> senders, in RecordFacts facts)
    {
        if (subjects.Origin is not { IsShared: true } || _hub.IsThis)
            return false;
        foreach (int sender in senders)
        {
            if (subjects.SubjectOf(sender).IsRegistered(facts))
                return false;
        }

        return true;
    }

    /// <summary>Whether a subject and another device are named as its sender, with equal authority: it is uncertain whose it is.</summary>
    private bool IsSentByTwo => _senderCount > 0 && (_signs & (Signs.SentByOther | Signs.SentByTwo)) != 0;

    private bool Has(Signs sign) => (_signs & sign) != 0;

    /// <summary>
    /// Whether the record is attributed to another device as well, which is not a subject that sent it: it is uncertain whose it is, and it
    /// counts as merely naming the subject.
    /// </summary>
    private bool IsAttributedBeside(int subject, ReadOnlySpan<int> attributed, ReadOnlySpan<int> senders)
    {
        bool isBeside = Has(Signs.AttributedElsewhere);
        foreach (int other in attributed)
            isBeside |= other != subject && senders.BinarySearch(other) < 0;

        return isBeside;
    }

    /// <summary>What was taken for the sender was not written by the service.</summary>
    private void Overrule(SenderSource source)
    {
        _source = source;
        _signs &= ~(Signs.SentByOther | Signs.SentByTwo);
        for (int i = 0; CountsOverruled && i < _senderCount; i++)
            Append(ref _mentioned, ref _mentionedCount, _senders[i]);

        _senderCount = 0;
    }

    private void AddOverruled(ReadOnlySpan<byte> deviceId)
    {
        if (CountsOverruled)
            AddMention(deviceId);
    }

    private void Add(int subject, MatchKind kind, in RecordFacts facts, ref int count)
    {
        Subject asked = subjects.SubjectOf(subject);
        if (asked.Includes(kind, facts))
            Append(ref _matches, ref count, new SubjectMatch(subject, kind) { IsUnclear = _isUnclear });
        else if (asked.Bound is { } bound)
            AddLeftOut(subject, kind, bound, facts);
    }

    private void AddLeftOut(int subject, MatchKind kind, RecordBound bound, in RecordFacts facts)
    {
        HasLeftOut |= bound.Excludes(kind is MatchKind.Own or MatchKind.Relayed, facts);
        if (!_isUnclear && bound.IsOfLaterDevice(kind is MatchKind.Own, facts))
            _laterDevices.Add(subject);
    }

    private static ReadOnlySpan<int> Distinct(int[] found, int count)
    {
        Span<int> sorted = found.AsSpan(0, count);
        sorted.Sort();
        int distinct = 0;
        foreach (int subject in sorted)
        {
            if (distinct == 0 || sorted[distinct - 1] != subject)
                sorted[distinct++] = subject;
        }

        return sorted[..distinct];
    }

    private static void Append<T>(ref T[] items, ref int count, T item)
    {
        if (count == items.Length)
            Array.Resize(ref items, count * 2);

        items[count++] = item;
    }
}
