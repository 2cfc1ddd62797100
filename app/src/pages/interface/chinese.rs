//! The OpenAPI document's words in Chinese: programs read it in English, people in their own language.

/// The Chinese of a summary or description of the document.
pub fn in_chinese(english: &str) -> Option<&'static str> {
    // The document breaks its lines where the code does.
    let english = english.replace('\n', " ");
    Some(match english.as_str() {
        "Numbers of a region's schools" => "地区各校人数",
        "Today's, of each school." => "今天的人数，按学校列出。",
        "Send a list of official records" => "上报官方记录",
        "A spreadsheet, CSV, or JSON `{\"rows\": [{\"身份证号\": \"…\", \"类型\": \"密切接触者\", \"日期\": \"2020-09-16\"}]}` with the column titles of the import page. Everybody concerned is decided about before the answer." => {
            "表格、CSV 或 JSON：`{\"rows\": [{\"身份证号\": \"…\", \"类型\": \"密切接触者\", \"日期\": \"2020-09-16\"}]}`，列名与导入页面相同。返回之前，涉及的人都已重新判定。"
        }
        "Numbers of a school's classes" => "学校各班人数",
        "Today's, of each class." => "今天的人数，按班级列出。",
        "Send daily reports" => "上报每日健康",
        "They take the same way as the reports of the web page. Each has its own result: a wrong one does not keep the others out." => {
            "与网页上的报告走同一条路。每份各有结果：一份有错，不影响其他。"
        }
        "Send the roster of a school" => "更新学校名册",
        "A spreadsheet, CSV, or JSON `{\"rows\": [{\"学号\": \"20200317\", \"姓名\": \"王小明\", \"班级\": \"三(2)班\"}]}` with the column titles of the import page. Adds and changes; nobody is removed." => {
            "表格、CSV 或 JSON：`{\"rows\": [{\"学号\": \"20200317\", \"姓名\": \"王小明\", \"班级\": \"三(2)班\"}]}`，列名与导入页面相同。只增加和更改，不移除任何人。"
        }

        "The region's code by GB/T 2260, or CN." => "地区代码（GB/T 2260），或 CN。",
        "The region's code by GB/T 2260." => "地区代码（GB/T 2260）。",
        "The school's code." => "学校代码。",
        "The authority behind the list, as families read it." => {
            "名单由哪个单位提供，家长会看到这个名称。"
        }
        "What all rows are, where the list has no column for it: case, close_contact, second_contact, stay, test, vaccination." => {
            "名单没有“类型”一列时，所有行的类型：case、close_contact、second_contact、stay、test、vaccination。"
        }
        "Say what would change, and change nothing." => "只说明会有什么变化，不改动数据。",
        "The same name is the same answer for 24 hours, unless a report is to be sent again." => {
            "24 小时内，同名请求得到同一个回答；有报告需要重发时除外。"
        }
        "The same name is the same answer for 24 hours." => "24 小时内，同名请求得到同一个回答。",

        "Its numbers." => "人数。",
        "Its name." => "名称。",
        "Its code." => "代码。",
        "Its classes with somebody in them." | "The classes with somebody in them." => {
            "有人的班级。"
        }
        "The school's name." => "学校名称。",
        "The region's name." => "地区名称。",
        "Today there." => "当地的今天。",
        "Today at these schools." => "这些学校的今天。",
        "At most 1,000 schools of one time zone, by smallest region and code." => {
            "最多 1000 所同一时区的学校，按最小一级地区和代码排列。"
        }
        "The code of the last one, to ask for those after it; absent in the last answer." => {
            "最后一所的代码，用来再取后面的学校；最后一次回答中不出现。"
        }
        "Only schools after the one with this code." => "只要排在这个代码的学校之后的学校。",
        "On the roster." => "在册人数。",
        "Reported by guardians or themselves." => "家长或本人报告。",
        "Reported on paper." => "纸面报告。",
        "Reported by a teacher for them." => "老师代报。",
        "May attend." => "可返校。",
        "Observing." => "观察中。",
        "Isolating." => "隔离中。",
        "Neither reported nor under a colour." => "未报告，也没有颜色。",
        "Chinese." => "中文。",
        "English." => "英文。",

        "At most 1,000." => "最多 1,000 份。",
        "Chosen at random by the program, 32 hexadecimal digits: the same id is the same report, however often it comes." => {
            "由程序随机生成，32 位十六进制数：编号相同就是同一份报告，发多少次都一样。"
        }
        "The person's student number at the school." => "在该校的学号。",
        "The day that it speaks of, at the school." => "报告的是哪一天（学校当地）。",
        "The latest revision of that day that the program knows. A report that does not know of a later one never takes its place: the worse of both holds until the teacher has looked." => {
            "程序所知当天最新的版本号。不知道有更新版本的报告不会取代它：老师看过之前，以较重的为准。"
        }
        "Measured, in tenths of a degree Celsius, 340–430. Absent: below the threshold in force." => {
            "测得的体温，单位 0.1 摄氏度，340–430。不写：低于现行的发热界限。"
        }
        "Words of the rulebook in force." => "现行规则集里的症状名。",
        "When they began." => "从哪一天开始。",
        "New standing facts." => "新的持续情况。",
        "Words to the teacher, at most 500 characters." => "给老师的话，最多 500 字。",
        "How the family gave it." => "家庭从哪里报的。",
        "Confirmed, or suspected." => "确诊，或疑似。",
        "Somebody of the household." => "是同住的人。",
        "The last day of contact." => "最后接触的日期。",
        "The first day there." => "到达那里的日期。",
        "The last day there; absent while still there." => "离开的日期；仍在那里则不写。",
        "Only passed through without leaving the station." => "只是中转，没有出站。",
        "Positive, or negative." => "阳性，或阴性。",
        "The day of the sample." => "采样日期。",

        "One for each report, in their order." => "每份报告一个结果，顺序相同。",
        "The report's id." => "报告的编号。",
        "accepted; pending: it would weaken a yellow or red, and waits for the teacher; stale: it did not know of a later one; refused: it was not taken; retry: send it again with the same id." => {
            "accepted：已收下；pending：会减轻黄码或红码，等老师确认；stale：不知道有更新的版本；refused：没有收下；retry：请用同一编号再发。"
        }
        "Its revision of that day, from 1." => "当天的第几版，从 1 开始。",
        "Why it was refused." => "为什么没有收下。",
        "The field." => "哪一项。",
        "The stable code." => "不变的代码。",
        "The words for a person." => "给人看的说明。",

        "Records added." => "新增的记录数。",
        "Records that were there already." => "已经有的记录数。",
        "Records that were entered before and withdrawn; they stay withdrawn." => {
            "以前录入又撤销的记录数；仍是撤销。"
        }
        "Rows about people who are on no roster of the region." => "不在本地区任何名册上的行数。",
        "The rows that were left out." => "没有收下的行。",
        "People whom the school did not have." => "学校原来没有的人数。",
        "People with other values than before, or who had left and are back." => {
            "内容有变化的人数，包括离校后又回来的。"
        }
        "People with the same values." => "内容没有变化的人数。",
        "People of the list's classes who are not in it. They stay." => {
            "名单所列班级里、但名单上没有的人数。他们仍在册。"
        }
        "The row, from 1; the titles are row 1." => "行号，从 1 开始；标题是第 1 行。",
        "The column's title." => "列名。",

        "`urn:fuxue:` and the stable code." => "`urn:fuxue:` 加不变的代码。",
        "The status of the answer." => "回答的状态码。",
        "The stable code, for programs." => "不变的代码，供程序使用。",
        "What is the matter, in the language that was asked for." => "出了什么事，用请求的语言写。",
        "Which part of the request it is about." => "请求的哪一部分。",
        "For whoever keeps the server: the number of the failed request in its log." => {
            "给服务器管理员：失败的请求在日志里的编号。"
        }
        _ => return None,
    })
}
