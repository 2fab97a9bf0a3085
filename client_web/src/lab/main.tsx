import { render } from "preact";
import "../base/base.css";
import "../student/student.css";
import { CheckPage } from "./check/CheckPage";
import "./lab.css";
import { RoomTest } from "./room/RoomTest";

const page = document.getElementById("page");
if (page !== null) render(location.pathname === "/room-test" ? <RoomTest /> : <CheckPage />, page);
